"""The verbs by which features open conversations and let people in and out; the calling feature has decided that it
may happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.messaging import forgetting, queries
from plugin.messaging.domain_events import (
    AccessRevoked,
    ChannelRenewed,
    ConversationChanged,
    ConversationErased,
    ConversationOpened,
    MembershipChanged,
)
from plugin.messaging.models import (
    Conversation,
    ConversationState,
    Draft,
    MemberRole,
    Membership,
    Message,
    MessageEdit,
    Reaction,
    ReadMarker,
)
from plugin.outbox.recorder import record
from plugin.realtime import channels

#: In larger conversations a person who leaves is silenced by the revocation alone: not everybody subscribes anew.
RENEWED_MAX = 50


def channel_of(conversation: Conversation) -> str:
    """Return the name of the channel on which the conversation is told now."""
    return channels.conversation(conversation.id, conversation.channel_number)


def pair_key(one_id: str, other_id: str) -> str:
    """Return what two people's one direct conversation is found by."""
    return ":".join(sorted((one_id, other_id)))


def open_conversation(
    install_id: str,
    kind: str,
    *,
    created_by_id: str | None = None,
    session_id: str | None = None,
    name: str | None = None,
    state: ConversationState = ConversationState.OPEN,
    pair: tuple[str, str] | None = None,
    members: Sequence[str] = (),
    moderators: Sequence[str] = (),
    has_stored_members: bool = True,
    closes_at: datetime | None = None,
    deletes_at: datetime | None = None,
) -> Conversation:
    """Open a conversation. For a pair that has one, that one is returned as it is."""
    key = pair_key(*pair) if pair else None
    if key and (known := queries.conversation_by_pair(key)):
        return known
    people = list(dict.fromkeys([*moderators, *members]))
    conversation = Conversation(
        install_id=install_id,
        kind=kind,
        created_by_id=created_by_id,
        session_id=session_id,
        name=name,
        state=state,
        pair_key=key,
        closes_at=closes_at,
        deletes_at=deletes_at,
        members_count=len(people) if has_stored_members else None,
    )
    session().add(conversation)
    session().flush()
    session().add_all(
        Membership(conversation_id=conversation.id, account_id=account_id, role=_role(account_id in moderators))
        for account_id in people
    )
    session().flush()
    record(ConversationOpened(conversation_id=conversation.id))
    return conversation


def _role(is_moderator: bool) -> MemberRole:
    return MemberRole.MODERATOR if is_moderator else MemberRole.MEMBER


def admit(
    conversation_id: str, account_id: str, *, role: MemberRole = MemberRole.MEMBER, sees_history: bool = False
) -> Membership:
    """Let somebody in, or give a member another role; without ``sees_history`` they see what comes from now on."""
    conversation = queries.conversation_for_update(conversation_id)
    place = queries.membership(conversation_id, account_id)
    if place is not None and place.left_at is None:
        place.role = role
    else:
        _let_in(conversation, place, account_id, role, 1 if sees_history else conversation.last_seq + 1)
    _count(conversation)
    record(MembershipChanged(conversation_id=conversation_id, account_id=account_id, is_member=True))
    return session().get_one(Membership, (conversation_id, account_id))


def _let_in(
    conversation: Conversation, place: Membership | None, account_id: str, role: MemberRole, first_seq: int
) -> None:
    if place is None:
        place = Membership(conversation_id=conversation.id, account_id=account_id)
        session().add(place)
    place.role, place.visible_from_seq, place.joined_at, place.left_at = role, first_seq, now(), None
    session().flush()
    start_reading(conversation.id, account_id, first_seq)
    if first_seq > 1:
        renew_channel(conversation)


def start_reading(conversation_id: str, account_id: str, first_seq: int) -> None:
    """Let nothing before ``first_seq`` count as unread for somebody who may see from there on."""
    marker = queries.marker_for_update(conversation_id, account_id)
    marker.last_read_seq = max(marker.last_read_seq, first_seq - 1)


def dismiss(conversation_id: str, account_id: str) -> None:
    """Let somebody go: they lose the conversation and its channel in this transaction."""
    conversation = queries.conversation_for_update(conversation_id)
    place = queries.membership(conversation_id, account_id)
    if place is None or place.left_at is not None:
        return
    place.left_at = now()
    _count(conversation)
    record(MembershipChanged(conversation_id=conversation_id, account_id=account_id, is_member=False))
    _revoke(conversation, account_id)


def revoke(conversation_id: str, account_id: str) -> None:
    """Take the channel from somebody who by their role may not read the conversation any more."""
    _revoke(queries.conversation_for_update(conversation_id), account_id)


def _revoke(conversation: Conversation, account_id: str) -> None:
    left = channel_of(conversation)
    session().execute(delete(Draft).where(Draft.conversation_id == conversation.id, Draft.account_id == account_id))
    forgetting.forget_for(conversation, account_id)
    record(AccessRevoked(conversation_id=conversation.id, account_id=account_id, channel=left))
    if (conversation.members_count or 0) <= RENEWED_MAX:
        renew_channel(conversation)


def renew_channel(conversation: Conversation) -> None:
    """Go on in a channel that nobody has heard yet: what was told before stays with those who were there."""
    left = channel_of(conversation)
    conversation.channel_number += 1
    conversation.version += 1
    session().flush()
    record(ChannelRenewed(conversation_id=conversation.id, from_channel=left))


def _count(conversation: Conversation) -> None:
    session().flush()
    here = select(func.count()).select_from(Membership)
    here = here.where(Membership.conversation_id == conversation.id, Membership.left_at.is_(None))
    conversation.members_count = session().scalar(here) or 0
    conversation.version += 1
    session().flush()


def change(conversation_id: str, **changes: Any) -> Conversation:
    """Change ``name``, ``state``, ``closes_at`` or ``deletes_at``."""
    conversation = queries.conversation_for_update(conversation_id)
    unknown = set(changes) - {"name", "state", "closes_at", "deletes_at"}
    if unknown:
        raise TypeError(f"a conversation has no {sorted(unknown)} to change")
    for field, value in changes.items():
        setattr(conversation, field, value)
    conversation.version += 1
    session().flush()
    record(ConversationChanged(conversation_id=conversation_id))
    return conversation


def erase(conversation_id: str) -> None:
    """Delete a conversation with everything in it."""
    conversation = queries.conversation_for_update(conversation_id)
    channel = channel_of(conversation)
    forgetting.forget_conversation(conversation)
    theirs = select(Message.id).where(Message.conversation_id == conversation_id).scalar_subquery()
    for table in (MessageEdit, Reaction):
        session().execute(delete(table).where(table.message_id.in_(theirs)))
    for owned in (Draft, ReadMarker, Membership, Message):
        session().execute(delete(owned).where(owned.conversation_id == conversation_id))
    session().delete(conversation)
    session().flush()
    record(ConversationErased(conversation_id=conversation_id, channel=channel))
