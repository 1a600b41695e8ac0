"""Opens the hosts' conversation of a session, lets people in and out by their role, and ends it in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.backchannel import policy, queries
from plugin.backchannel.kind import NAME
from plugin.backchannel.models import Backchannel, BackchannelEntry
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.messaging import conversations
from plugin.messaging import queries as messaging
from plugin.messaging.domain_events import ConversationChanged, MembershipChanged
from plugin.messaging.models import Conversation, ConversationState
from plugin.outbox.recorder import record
from plugin.rooms import queries as rooms

#: Hosts talk the session over for a day; then it can be read for the rest of its life.
DEBRIEF_HOURS = 24
KEPT_DAYS = 30


def open_for(session_id: str) -> Backchannel:
    """Return the session's backchannel, opened on first sight; the session's lock makes it one."""
    place = rooms.session_for_update(session_id)
    found = queries.backchannel(session_id)
    if found is not None:
        return found
    closes_at, deletes_at = _ends(place.ended_at)
    conversation = conversations.open_conversation(
        rooms.room(place.room_id).install_id,
        NAME,
        session_id=session_id,
        has_stored_members=False,
        closes_at=closes_at,
        deletes_at=deletes_at,
    )
    opened = Backchannel(session_id=session_id, conversation_id=conversation.id)
    session().add(opened)
    session().flush()
    return opened


def _ends(ended_at: datetime | None) -> tuple[datetime | None, datetime | None]:
    if ended_at is None:
        return None, None
    return ended_at + timedelta(hours=DEBRIEF_HOURS), ended_at + timedelta(days=KEPT_DAYS)


def conversation_of(session_id: str) -> Conversation | None:
    """Return the session's conversation, None before it is opened and once it is erased."""
    found = queries.backchannel(session_id)
    return session().get(Conversation, found.conversation_id) if found else None


def admit(session_id: str, account_id: str) -> None:
    """Let somebody in who came backstage: they see what is said from now on, or everything where hosts want that."""
    place = open_for(session_id)
    conversation = _held(place)
    if conversation is None:
        return
    first_seq = 1 if place.shows_history else conversation.last_seq + 1
    _write_down(session_id, account_id, first_seq)
    conversations.start_reading(conversation.id, account_id, first_seq)
    if first_seq > 1:
        conversations.renew_channel(conversation)
    _tell_members(conversation, account_id, is_member=True)


def _write_down(session_id: str, account_id: str, first_seq: int) -> None:
    entry = queries.entry(session_id, account_id)
    if entry is None:
        session().add(BackchannelEntry(session_id=session_id, account_id=account_id, first_seq=first_seq))
    else:
        entry.first_seq = first_seq
    session().flush()


def dismiss(session_id: str, account_id: str) -> None:
    """Silence somebody who is not backstage any more, in this transaction."""
    conversation = _held(open_for(session_id))
    if conversation is None:
        return
    _tell_members(conversation, account_id, is_member=False)
    conversations.revoke(conversation.id, account_id)


def refresh(session_id: str, account_id: str) -> None:
    """Show a role that changed within backstage."""
    conversation = _held(open_for(session_id))
    if conversation is not None:
        _tell_members(conversation, account_id, is_member=True)


def _held(place: Backchannel) -> Conversation | None:
    if session().get(Conversation, place.conversation_id) is None:
        return None
    return messaging.conversation_for_update(place.conversation_id)


def _tell_members(conversation: Conversation, account_id: str, *, is_member: bool) -> None:
    conversation.version += 1
    session().flush()
    record(MembershipChanged(conversation_id=conversation.id, account_id=account_id, is_member=is_member))


def follow_end(session_id: str) -> None:
    """Set or take back the end of the conversation's life, as the session ended or came back."""
    place = open_for(session_id)
    conversation = _held(place)
    if conversation is None:
        return
    closes_at, deletes_at = _ends(rooms.session(session_id).ended_at)
    state = ConversationState.OPEN if closes_at is None else ConversationState(conversation.state)
    conversations.change(conversation.id, state=state, closes_at=closes_at, deletes_at=deletes_at)


def change_settings(actor: Actor, *, shows_history: bool) -> Backchannel:
    """Decide whether people who come backstage later see what was said before; it counts for those who come next."""
    policy.ensure_can_change_settings(actor)
    open_for(actor.session_id)
    place = queries.backchannel_for_update(actor.session_id)
    if place is None:
        raise NotFoundError()
    if place.shows_history != shows_history:
        place.shows_history = shows_history
        place.version += 1
        record(ConversationChanged(conversation_id=place.conversation_id))
    return place
