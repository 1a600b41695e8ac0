"""The only way to a conversation or a message: through its kind, and 404 for whoever may not read it."""

from __future__ import annotations

from sqlalchemy import CompoundSelect, Select, select, union_all

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.messaging.kinds import ConversationKind, kind_of, kinds
from plugin.messaging.models import Conversation, ConversationState, Message


def readable_ids(actor: Actor) -> CompoundSelect[str]:
    """Return the query for the ids of every conversation that the actor may read at this moment."""
    return union_all(*(_readable_of(name, kind, actor) for name, kind in kinds().items()))


def _readable_of(name: str, kind: ConversationKind, actor: Actor) -> Select[str]:
    ours = Conversation.kind == name, Conversation.install_id == actor.install_id
    return select(Conversation.id).where(*ours, Conversation.id.in_(kind.readable(actor)))


def may_read(actor: Actor, conversation_id: str) -> bool:
    """Whether the actor may read the conversation at this moment."""
    found = select(Conversation.kind).where(
        Conversation.id == conversation_id, Conversation.install_id == actor.install_id
    )
    name = session().scalar(found)
    if name is None or name not in kinds():
        return False
    asked = select(Conversation.id).where(
        Conversation.id == conversation_id, Conversation.id.in_(kinds()[name].readable(actor))
    )
    return session().scalar(asked) is not None


def conversation(actor: Actor, conversation_id: str) -> Conversation:
    """Return the conversation for reading."""
    if not may_read(actor, conversation_id):
        raise NotFoundError()
    return session().get_one(Conversation, conversation_id, populate_existing=True)


def held_conversation(actor: Actor, conversation_id: str) -> Conversation:
    """Return the conversation, locked until the commit; access is asked once the lock is held, so that whoever was
    put out while waiting is out."""
    held = session().get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if held is None or not may_read(actor, conversation_id):
        raise NotFoundError()
    return held


def visible_from(actor: Actor, found: Conversation) -> int:
    """Return the first ``seq`` that the actor may see."""
    seqs = kind_of(found).visible_from_seqs([found.id], [actor.account_id])
    return seqs.get((found.id, actor.account_id), 1)


def message(actor: Actor, message_id: str) -> tuple[Conversation, Message]:
    """Return the message for reading, with its conversation."""
    conversation_id = _conversation_id_of(message_id)
    found = conversation(actor, conversation_id)
    return found, visible_message(actor, found, message_id)


def held_message(actor: Actor, message_id: str) -> tuple[Conversation, Message]:
    """Return the message as it is now, its conversation locked until the commit."""
    held = held_conversation(actor, _conversation_id_of(message_id))
    return held, visible_message(actor, held, message_id)


def _conversation_id_of(message_id: str) -> str:
    found = session().scalar(select(Message.conversation_id).where(Message.id == message_id))
    if found is None:
        raise NotFoundError()
    return found


def visible_message(actor: Actor, found: Conversation, message_id: str) -> Message:
    """Return a message of this conversation that the actor may see."""
    wanted = select(Message).where(Message.id == message_id, Message.conversation_id == found.id)
    shown = session().scalar(wanted.execution_options(populate_existing=True))
    if shown is None or shown.seq < visible_from(actor, found):
        raise NotFoundError()
    return shown


def effective_state(found: Conversation) -> ConversationState:
    """Return the state that counts now, even if the worker that should have written it is down."""
    state = ConversationState(found.state)
    if state is ConversationState.OPEN and found.closes_at and found.closes_at <= now():
        return ConversationState.READ_ONLY
    return state
