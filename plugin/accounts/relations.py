"""Following and blocking: what one person decides about another of the same install, without asking or telling them."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from plugin.accounts import queries
from plugin.accounts.domain_events import RelationChanged
from plugin.accounts.models import Account, Block, Follow
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import ConflictError, ForbiddenError, NotFoundError
from plugin.outbox.recorder import record

FOLLOWED_MAX = 2000
BLOCKED_MAX = 2000


class NotYourselfError(ConflictError):
    """Nobody follows or blocks themselves."""

    code = "not_yourself"
    message = "That is you."


class CannotFollowError(ForbiddenError):
    """Somebody blocked somebody; the sentence does not say who."""

    code = "cannot_follow"
    message = "You cannot follow this person."


class GuestRelationError(ForbiddenError):
    """A guest's account ends with the session."""

    code = "guest_cannot_follow"
    message = "Guests cannot follow or be followed."


class TooManyRelationsError(ConflictError):
    """The person's list is full."""

    code = "too_many_relations"
    message = "Your list is full. Remove somebody first."


def follow(actor: Actor, account_id: str) -> Account:
    """Follow somebody; again changes nothing. Where either blocked the other it is refused, whoever it was."""
    other = other_of(actor, account_id)
    if actor.is_guest or other.is_guest:
        raise GuestRelationError()
    if queries.is_blocked_either_way(actor.account_id, other.id):
        raise CannotFollowError()
    if queries.follow_count(actor.account_id) >= FOLLOWED_MAX:
        raise TooManyRelationsError()
    if _insert_once(Follow, follower_id=actor.account_id, followed_id=other.id):
        _tell(actor, other.id)
    return other


def unfollow(actor: Actor, account_id: str) -> Account:
    """No longer follow somebody; again changes nothing."""
    other = other_of(actor, account_id)
    if _drop_follow(actor.account_id, other.id):
        _tell(actor, other.id)
    return other


def block(actor: Actor, account_id: str) -> Account:
    """Want nothing of somebody any more, in every room: neither follows the other from now on. Nobody is told."""
    other = other_of(actor, account_id)
    if queries.block_count(actor.account_id) >= BLOCKED_MAX:
        raise TooManyRelationsError()
    if _insert_once(Block, blocker_id=actor.account_id, blocked_id=other.id):
        _drop_follow(actor.account_id, other.id)
        _drop_follow(other.id, actor.account_id)
        _tell(actor, other.id)
    return other


def unblock(actor: Actor, account_id: str) -> Account:
    """Take a block back; who followed whom before does not come back."""
    other = other_of(actor, account_id)
    gone = delete(Block).where(Block.blocker_id == actor.account_id, Block.blocked_id == other.id)
    if session().scalar(gone.returning(Block.created_at)) is not None:
        _tell(actor, other.id)
    return other


def pass_on_blocks(guest_id: str, account_id: str) -> None:
    """Let the blocks by and of a guest stand for the account that the guest signed in to."""
    for blocked_id in queries.blocked_by(guest_id) - {account_id}:
        _insert_once(Block, blocker_id=account_id, blocked_id=blocked_id)
    for blocker_id in queries.blockers_of(guest_id) - {account_id}:
        _insert_once(Block, blocker_id=blocker_id, blocked_id=account_id)


def other_of(actor: Actor, account_id: str) -> Account:
    """Return somebody else of the actor's install; who is elsewhere does not exist."""
    if account_id == actor.account_id:
        raise NotYourselfError()
    found = session().get(Account, account_id)
    if found is None or found.install_id != actor.install_id or found.merged_into_id is not None:
        raise NotFoundError()
    return found


def _insert_once(table: type[Follow] | type[Block], **values: str) -> bool:
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    made = insert(table).values(**values, created_at=now()).on_conflict_do_nothing().returning(table.created_at)
    return session().scalar(made) is not None


def _drop_follow(follower_id: str, followed_id: str) -> bool:
    gone = delete(Follow).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    return session().scalar(gone.returning(Follow.created_at)) is not None


def _tell(actor: Actor, other_id: str) -> None:
    record(RelationChanged(account_id=actor.account_id, other_id=other_id))
