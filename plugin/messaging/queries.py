"""Conversations and messages found; access was asked before (`access`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.messaging import access
from plugin.messaging.models import (
    Conversation,
    ConversationState,
    Draft,
    Membership,
    Message,
    MessageEdit,
    Reaction,
    ReadMarker,
)


def conversation(conversation_id: str) -> Conversation:
    """Return the conversation, without asking who wants it."""
    return session().get_one(Conversation, conversation_id)


def conversation_for_update(conversation_id: str) -> Conversation:
    """Return the conversation, locked until the commit, without asking who wants it."""
    return session().get_one(Conversation, conversation_id, with_for_update=True, populate_existing=True)


def conversation_by_pair(pair_key: str) -> Conversation | None:
    """Return the one direct conversation of two people."""
    return session().scalar(select(Conversation).where(Conversation.pair_key == pair_key))


def conversation_of_session(session_id: str, kind: str) -> Conversation | None:
    """Return the first conversation of this kind that a room session has."""
    ours = Conversation.session_id == session_id, Conversation.kind == kind
    return session().scalar(select(Conversation).where(*ours).order_by(Conversation.created_at).limit(1))


def readable(actor: Actor, after: tuple[datetime, str] | None, limit: int) -> Sequence[Conversation]:
    """Return the actor's conversations, the latest active first, those after a position."""
    shown = select(Conversation).where(Conversation.id.in_(access.readable_ids(actor)))
    shown = shown.where(Conversation.state != ConversationState.CLOSED)
    if after:
        active_at, id_ = after
        shown = shown.where(
            or_(Conversation.active_at < active_at, and_(Conversation.active_at == active_at, Conversation.id < id_))
        )
    ordered = shown.order_by(Conversation.active_at.desc(), Conversation.id.desc()).limit(limit)
    return session().scalars(ordered.execution_options(populate_existing=True)).all()


def membership(conversation_id: str, account_id: str) -> Membership | None:
    """Return the person's stored place, also one they have left."""
    return session().get(Membership, (conversation_id, account_id), populate_existing=True)


def message(message_id: str) -> Message:
    """Return the message, without asking who wants it."""
    return session().scalars(select(Message).where(Message.id == message_id)).one()


def message_by_client_key(conversation_id: str, author_id: str | None, client_key: str) -> Message | None:
    """Return what this client has sent before under the same id."""
    who = Message.author_id.is_(None) if author_id is None else Message.author_id == author_id
    found = select(Message).where(Message.conversation_id == conversation_id, Message.client_key == client_key, who)
    return session().scalar(found.limit(1))


def messages_before(conversation_id: str, seq: int, lowest: int, limit: int) -> Sequence[Message]:
    """Return the messages just below ``seq`` and not below ``lowest``, ascending."""
    ours = Message.conversation_id == conversation_id, Message.seq < seq, Message.seq >= lowest
    return _ascending(select(Message).where(*ours).order_by(Message.seq.desc()).limit(limit))


def messages_after(conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
    """Return the messages above ``seq``, ascending."""
    ours = Message.conversation_id == conversation_id, Message.seq > seq
    return _ascending(select(Message).where(*ours).order_by(Message.seq).limit(limit))


def thread_before(thread_id: str, seq: int, lowest: int, limit: int) -> Sequence[Message]:
    """Return the answers in a thread below ``seq``, ascending."""
    ours = Message.thread_id == thread_id, Message.seq < seq, Message.seq >= lowest
    return _ascending(select(Message).where(*ours).order_by(Message.seq.desc()).limit(limit))


def pinned(conversation_id: str, lowest: int) -> Sequence[Message]:
    """Return the pinned messages, the latest pin first."""
    ours = Message.conversation_id == conversation_id, Message.seq >= lowest, Message.pinned_at.is_not(None)
    return session().scalars(select(Message).where(*ours).order_by(Message.pinned_at.desc(), Message.seq)).all()


def pins_count(conversation_id: str) -> int:
    """Return how many messages are pinned."""
    ours = Message.conversation_id == conversation_id, Message.pinned_at.is_not(None)
    return session().scalar(select(func.count()).select_from(Message).where(*ours)) or 0


def edits(message_id: str) -> Sequence[MessageEdit]:
    """Return what the message said before, oldest first."""
    ours = select(MessageEdit).where(MessageEdit.message_id == message_id)
    return session().scalars(ours.order_by(MessageEdit.id)).all()


def reaction_kinds(message_id: str) -> set[str]:
    """Return the different emoji on a message."""
    return set(session().scalars(select(Reaction.emoji).where(Reaction.message_id == message_id).distinct()))


def marker(conversation_id: str, account_id: str) -> ReadMarker:
    """Return what the person keeps about the conversation; who has touched nothing keeps nothing."""
    found = session().get(ReadMarker, (conversation_id, account_id), populate_existing=True)
    return found or ReadMarker(conversation_id=conversation_id, account_id=account_id, **_UNTOUCHED)


def marker_for_update(conversation_id: str, account_id: str) -> ReadMarker:
    """Return the person's marker, made if it is missing, locked until the commit."""
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    key = {"conversation_id": conversation_id, "account_id": account_id}
    session().execute(insert(ReadMarker).values(key | _UNTOUCHED).on_conflict_do_nothing())
    return session().get_one(ReadMarker, tuple(key.values()), with_for_update=True, populate_existing=True)


_UNTOUCHED = {"last_read_seq": 0, "shares_receipts": False}


def draft(conversation_id: str, account_id: str) -> Draft | None:
    """Return what the person has typed and not sent."""
    return session().get(Draft, (conversation_id, account_id), populate_existing=True)


def _ascending(found: Select[Message]) -> Sequence[Message]:
    return sorted(session().scalars(found.execution_options(populate_existing=True)), key=lambda row: row.seq)
