"""Accounts, found by what we know of them, and who follows or has blocked whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, union

from plugin.accounts.models import Account, Block, Follow, PlatformIdentity
from plugin.core.database import session


def account(account_id: str) -> Account:
    """Return the account."""
    return session().get_one(Account, account_id)


def account_by_identity(install_id: str, platform_user_id: str) -> Account | None:
    """Return whom the audio server of this install knows by that id."""
    return session().scalar(
        select(Account)
        .join(PlatformIdentity, PlatformIdentity.account_id == Account.id)
        .where(PlatformIdentity.install_id == install_id, PlatformIdentity.platform_user_id == platform_user_id)
    )


def followed_among(follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these accounts the follower follows."""
    ours = Follow.follower_id == follower_id, Follow.followed_id.in_(account_ids)
    return frozenset(session().scalars(select(Follow.followed_id).where(*ours)))


def followers_among(followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these accounts follow the person."""
    theirs = Follow.followed_id == followed_id, Follow.follower_id.in_(account_ids)
    return frozenset(session().scalars(select(Follow.follower_id).where(*theirs)))


def followed_by(follower_id: str) -> frozenset[str]:
    """Return whom the follower follows."""
    return frozenset(session().scalars(select(Follow.followed_id).where(Follow.follower_id == follower_id)))


def follow_count(follower_id: str) -> int:
    """Return how many the follower follows."""
    return session().scalar(select(func.count()).where(Follow.follower_id == follower_id)) or 0


def is_following(follower_id: str, followed_id: str) -> bool:
    """Whether our own table says that one follows the other."""
    return session().get(Follow, (follower_id, followed_id), populate_existing=True) is not None


def block_count(blocker_id: str) -> int:
    """Return how many the person has blocked."""
    return session().scalar(select(func.count()).where(Block.blocker_id == blocker_id)) or 0


def has_blocked(blocker_id: str, blocked_id: str) -> bool:
    """Whether one has blocked the other."""
    return session().get(Block, (blocker_id, blocked_id), populate_existing=True) is not None


def is_blocked_either_way(one_id: str, other_id: str) -> bool:
    """Whether either of two people has blocked the other."""
    one_way = and_(Block.blocker_id == one_id, Block.blocked_id == other_id)
    other_way = and_(Block.blocker_id == other_id, Block.blocked_id == one_id)
    return session().scalar(select(Block.blocker_id).where(or_(one_way, other_way)).limit(1)) is not None


def blocked_by(blocker_id: str) -> frozenset[str]:
    """Return whom the person has blocked."""
    return frozenset(session().scalars(select(Block.blocked_id).where(Block.blocker_id == blocker_id)))


def blockers_of(blocked_id: str) -> frozenset[str]:
    """Return who has blocked the person."""
    return frozenset(session().scalars(select(Block.blocker_id).where(Block.blocked_id == blocked_id)))


def blocked_either_way(account_id: str) -> frozenset[str]:
    """Return everybody with whom the person is in no contact, whoever of the two blocked the other."""
    by_me = select(Block.blocked_id).where(Block.blocker_id == account_id)
    by_them = select(Block.blocker_id).where(Block.blocked_id == account_id)
    return frozenset(session().scalars(union(by_me, by_them)))


def blocks(blocker_id: str, after: tuple[datetime, str] | None, limit: int) -> Sequence[tuple[Block, Account]]:
    """Return whom the person has blocked, the latest first, those after a position."""
    rows = select(Block, Account).join(Account, Account.id == Block.blocked_id).where(Block.blocker_id == blocker_id)
    if after:
        at, id_ = after
        rows = rows.where(or_(Block.created_at < at, and_(Block.created_at == at, Block.blocked_id < id_)))
    found = session().execute(rows.order_by(Block.created_at.desc(), Block.blocked_id.desc()).limit(limit))
    return [(block, account) for block, account in found]
