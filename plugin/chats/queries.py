"""Chats found: who shares one, who was asked to join one, what a group does with newcomers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from plugin.accounts.models import Account
from plugin.chats.models import ChatPreference, Group, GroupRequest, Invites, RequestState
from plugin.core.database import session
from plugin.messaging.models import Conversation, ConversationState, MemberRole, Membership

DIRECT, GROUP = "direct", "group"

REQUESTS_SHOWN_MAX = 50
PEOPLE_SHOWN_MAX = 50


def people_sharing(account_id: str) -> frozenset[str]:
    """Return everybody who is in a chat with the person now."""
    return frozenset(session().scalars(_sharing(account_id)))


def share_conversation(one_id: str, other_id: str) -> bool:
    """Whether two people are in a chat together now."""
    theirs = aliased(Membership)
    return session().scalar(_sharing(one_id, theirs).where(theirs.account_id == other_id).limit(1)) is not None


def _sharing(account_id: str, theirs: type[Membership] | None = None) -> Select[str]:
    theirs = theirs or aliased(Membership)
    return (
        select(theirs.account_id)
        .distinct()
        .join(Membership, Membership.conversation_id == theirs.conversation_id)
        .join(Conversation, Conversation.id == theirs.conversation_id)
        .where(Membership.account_id == account_id, Membership.left_at.is_(None))
        .where(theirs.account_id != account_id, theirs.left_at.is_(None))
        .where(Conversation.kind.in_((DIRECT, GROUP)), Conversation.state == ConversationState.OPEN)
    )


def shared_groups(one_id: str, other_id: str) -> Sequence[Conversation]:
    """Return the groups that two people are in, the latest active first."""
    theirs = aliased(Membership)
    shared = (
        select(Conversation)
        .join(Membership, Membership.conversation_id == Conversation.id)
        .join(theirs, theirs.conversation_id == Conversation.id)
        .where(Membership.account_id == one_id, Membership.left_at.is_(None))
        .where(theirs.account_id == other_id, theirs.left_at.is_(None), Conversation.kind == GROUP)
    )
    return session().scalars(shared.order_by(Conversation.active_at.desc()).limit(PEOPLE_SHOWN_MAX)).all()


def accounts_named(account_ids: Sequence[str], name_part: str) -> Sequence[Account]:
    """Return those of the accounts whose name holds the text, by name; guests never."""
    found = select(Account).where(Account.id.in_(account_ids), Account.is_guest.is_(False))
    found = found.where(Account.merged_into_id.is_(None))
    if name_part:
        found = found.where(Account.name.icontains(name_part, autoescape=True))
    return session().scalars(found.order_by(func.lower(Account.name), Account.id).limit(PEOPLE_SHOWN_MAX)).all()


def members(conversation_id: str) -> Sequence[Membership]:
    """Return who is in the conversation now, the longest members first."""
    here = Membership.conversation_id == conversation_id, Membership.left_at.is_(None)
    ordered = select(Membership).where(*here).order_by(Membership.joined_at, Membership.account_id)
    return session().scalars(ordered.execution_options(populate_existing=True)).all()


def moderators(conversation_id: str) -> Sequence[Membership]:
    """Return who moderates the conversation now."""
    return [one for one in members(conversation_id) if one.role == MemberRole.MODERATOR]


def group(conversation_id: str) -> Group:
    """Return what the group has beyond its conversation."""
    return session().get_one(Group, conversation_id)


def request(conversation_id: str, account_id: str) -> GroupRequest | None:
    """Return the person's request to join the group, however it stands."""
    return session().get(GroupRequest, (conversation_id, account_id), populate_existing=True)


def waiting_requests(account_id: str) -> Sequence[GroupRequest]:
    """Return the groups the person is asked to join, the latest first."""
    waiting = select(GroupRequest).where(
        GroupRequest.account_id == account_id, GroupRequest.state == RequestState.WAITING
    )
    ordered = waiting.order_by(GroupRequest.invited_at.desc(), GroupRequest.conversation_id)
    return session().scalars(ordered.limit(REQUESTS_SHOWN_MAX).execution_options(populate_existing=True)).all()


def asked(conversation_id: str) -> Sequence[GroupRequest]:
    """Return who was asked to join the group and has not answered."""
    waiting = GroupRequest.conversation_id == conversation_id, GroupRequest.state == RequestState.WAITING
    return session().scalars(select(GroupRequest).where(*waiting).order_by(GroupRequest.invited_at)).all()


def requests_by(account_id: str, since: datetime) -> int:
    """Return how many people the person asked since then who have not answered."""
    mine = GroupRequest.invited_by_id == account_id, GroupRequest.invited_at > since
    return session().scalar(select(func.count()).where(*mine, GroupRequest.state == RequestState.WAITING)) or 0


def requests_to(account_id: str, since: datetime) -> int:
    """Return how many groups the person was asked to join since then."""
    theirs = GroupRequest.account_id == account_id, GroupRequest.invited_at > since
    return session().scalar(select(func.count()).where(*theirs)) or 0


def group_invites(account_id: str) -> Invites:
    """Return who may add the person to groups."""
    kept = session().get(ChatPreference, account_id, populate_existing=True)
    return Invites(kept.group_invites) if kept else Invites.EVERYONE
