"""Groups: start one, add and remove people, rename it, hand it on, leave it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugin.accounts import relations
from plugin.accounts.models import Account
from plugin.chats import policy, queries, requests
from plugin.chats.errors import CannotBeAddedError, LastModeratorError, NoRoomMatesError
from plugin.chats.models import Group, History
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import AppError, NotFoundError
from plugin.core.text import clean_line
from plugin.messaging import access, conversations
from plugin.messaging.models import Conversation, ConversationState, MemberRole, Membership
from plugin.rooms import queries as rooms
from plugin.rooms.ports import current_ports


def start(
    actor: Actor, account_ids: Sequence[str], *, name: str | None = None, history: str = History.JOINING
) -> Conversation:
    """Start a group. Who follows the starter is in; everybody else is asked."""
    policy.ensure_can_chat(actor)
    others = _others(actor, account_ids)
    policy.ensure_size(len(others) + 1)
    for other in others:
        policy.ensure_can_add(actor, other)
    return _open(actor, others, name, history)


def _others(actor: Actor, account_ids: Iterable[str]) -> list[Account]:
    wanted = [account_id for account_id in dict.fromkeys(account_ids) if account_id != actor.account_id]
    return [relations.other_of(actor, account_id) for account_id in wanted]


def _open(actor: Actor, others: Sequence[Account], name: str | None, history: str) -> Conversation:
    followers = _followers(actor, others)
    group = conversations.open_conversation(
        actor.install_id,
        queries.GROUP,
        created_by_id=actor.account_id,
        name=_clean_name(name),
        moderators=[actor.account_id],
        members=[other.id for other in others if other.id in followers],
    )
    session().add(Group(conversation_id=group.id, history=History(history)))
    session().flush()
    for other in others:
        if other.id not in followers:
            requests.ask(actor, group, other)
    return group


def _followers(actor: Actor, others: Sequence[Account]) -> frozenset[str]:
    return current_ports().follows.followers_among(actor.account_id, [other.id for other in others])


def _clean_name(name: str | None) -> str | None:
    return clean_line(name or "")[: policy.NAME_MAX].strip() or None


def start_with_room_mates(actor: Actor) -> Conversation:
    """Start a group, named after the room, with those here whom the actor follows (row D24)."""
    policy.ensure_can_chat(actor)
    others = [other for other in _followed_here(actor) if _can_add(actor, other)][: policy.GROUP_MAX - 1]
    if len(others) + 1 < policy.GROUP_MIN:
        raise NoRoomMatesError()
    return _open(actor, others, rooms.room(actor.room_id).title, History.JOINING)


def _followed_here(actor: Actor) -> list[Account]:
    people = rooms.listed_participants(actor.session_id, with_quiet=False)
    here = [one.account_id for one in people if one.is_present and not one.is_quiet and not one.is_guest]
    followed = current_ports().follows.followed_among(actor.account_id, here)
    return _others(actor, [account_id for account_id in here if account_id in followed])


def _can_add(actor: Actor, other: Account) -> bool:
    try:
        policy.ensure_can_add(actor, other)
    except AppError:
        return False
    return True


def add(actor: Actor, conversation_id: str, account_ids: Sequence[str]) -> Conversation:
    """Add people; those who do not follow the actor, or have left the group before, are asked."""
    group = _moderated(actor, conversation_id)
    inside = {one.account_id for one in queries.members(group.id)}
    others = [other for other in _others(actor, account_ids) if other.id not in inside]
    for other in others:
        policy.ensure_can_add(actor, other, group.id)
    reserved = inside | {one.account_id for one in queries.asked(group.id)} | {other.id for other in others}
    policy.ensure_size(max(len(reserved), policy.GROUP_MIN))
    followers = _followers(actor, others)
    for other in others:
        _let_in_or_ask(actor, group, other, is_follower=other.id in followers)
    return group


def _let_in_or_ask(actor: Actor, group: Conversation, other: Account, *, is_follower: bool) -> None:
    was_here = session().get(Membership, (group.id, other.id)) is not None
    if was_here or not is_follower:
        requests.ask(actor, group, other)
    else:
        requests.close(group.id, other.id)
        conversations.admit(group.id, other.id, sees_history=requests.sees_history(group.id))


def remove(actor: Actor, conversation_id: str, account_id: str) -> Conversation:
    """Put somebody out, or take a question back that they have not answered."""
    group = _moderated(actor, conversation_id)
    if account_id == actor.account_id:
        raise relations.NotYourselfError()
    if not requests.close(group.id, account_id):
        _member(group, account_id)
        conversations.dismiss(group.id, account_id)
    return group


def set_role(actor: Actor, conversation_id: str, account_id: str, role: str) -> Conversation:
    """Make a member a moderator, or a moderator a member; one moderator always stays."""
    group = _moderated(actor, conversation_id)
    member = _member(group, account_id)
    if role == member.role:
        return group
    if role == MemberRole.MEMBER and len(queries.moderators(group.id)) == 1:
        raise LastModeratorError()
    conversations.admit(group.id, account_id, role=MemberRole(role))
    return group


def change(actor: Actor, conversation_id: str, **changes: str | None) -> Conversation:
    """Give the group another ``name``, or none; choose by ``history`` what people see who are added from now on."""
    group = _moderated(actor, conversation_id)
    if history := changes.get("history"):
        queries.group(group.id).history = History(history)
    name = _clean_name(changes["name"]) if "name" in changes else group.name
    return conversations.change(group.id, name=name)


def leave(actor: Actor, conversation_id: str) -> None:
    """Leave a group. The last moderator hands it to the longest member; the last member closes it."""
    group = _held(actor, conversation_id)
    conversations.dismiss(group.id, actor.account_id)
    left = queries.members(group.id)
    if not left:
        _close(group)
    elif not queries.moderators(group.id):
        conversations.admit(group.id, left[0].account_id, role=MemberRole.MODERATOR)


def _close(group: Conversation) -> None:
    for waiting in queries.asked(group.id):
        requests.close(group.id, waiting.account_id)
    conversations.change(group.id, state=ConversationState.CLOSED)


def accept(actor: Actor, conversation_id: str) -> Conversation:
    """Join a group one was asked into."""
    group = requests.take(actor, conversation_id)
    if group.state == ConversationState.CLOSED or len(queries.members(group.id)) >= policy.GROUP_MAX:
        raise CannotBeAddedError(actor.name)
    conversations.admit(group.id, actor.account_id, sees_history=requests.sees_history(group.id))
    return group


def _held(actor: Actor, conversation_id: str) -> Conversation:
    group = access.held_conversation(actor, conversation_id)
    policy.ensure_is_group(group)
    return group


def _moderated(actor: Actor, conversation_id: str) -> Conversation:
    group = _held(actor, conversation_id)
    policy.ensure_can_moderate(actor, group)
    return group


def _member(group: Conversation, account_id: str) -> Membership:
    found = session().get(Membership, (group.id, account_id), populate_existing=True)
    if found is None or found.left_at is not None:
        raise NotFoundError()
    return found
