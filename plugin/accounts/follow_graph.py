"""Who follows whom, asked of every source there is; a source that fails says no, and is logged (row J15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from plugin.accounts import queries

log = structlog.get_logger(__name__)

NOBODY: frozenset[str] = frozenset()


class FollowSource(Protocol):
    """One place that knows who follows whom: our own table, or an audio server that has such lists."""

    name: str

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts the follower follows; may raise anything."""

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts follow the person; may raise anything."""

    def followed_by(self, follower_id: str) -> frozenset[str]:
        """Return everybody the follower follows, as far as the source can list them; may raise anything."""


class OwnFollows:
    """The follows that people make in the panel. Read anew each time: a cached *yes* would outlive a block."""

    name = "own"

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts the follower follows."""
        return queries.followed_among(follower_id, account_ids)

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts follow the person."""
        return queries.followers_among(followed_id, account_ids)

    def followed_by(self, follower_id: str) -> frozenset[str]:
        """Return everybody the follower follows."""
        return queries.followed_by(follower_id)


class FollowGraph:
    """Every source together. Whoever blocked, or is blocked, follows nobody there, whatever a source says."""

    def __init__(self, sources: Sequence[FollowSource] = (OwnFollows(),)) -> None:
        self._sources = tuple(sources)

    def follows(self, follower_id: str, followed_id: str) -> bool:
        """Whether one account follows another."""
        return followed_id in self.followed_among(follower_id, [followed_id])

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts the follower follows, in one question to each source."""
        found = self._ask(lambda source: source.followed_among(follower_id, account_ids)) if account_ids else NOBODY
        return _in_contact(follower_id, found & frozenset(account_ids))

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these accounts follow the person, in one question to each source."""
        found = self._ask(lambda source: source.followers_among(followed_id, account_ids)) if account_ids else NOBODY
        return _in_contact(followed_id, found & frozenset(account_ids))

    def followed_by(self, follower_id: str) -> frozenset[str]:
        """Return everybody the follower follows, as far as the sources can list them."""
        return _in_contact(follower_id, self._ask(lambda source: source.followed_by(follower_id)))

    def is_available(self) -> bool:
        """Whether people can follow each other at all."""
        return bool(self._sources)

    def _ask(self, question: Callable[[FollowSource], frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*(_answer(source, question) for source in self._sources))


def _in_contact(account_id: str, found: frozenset[str]) -> frozenset[str]:
    return found - queries.blocked_either_way(account_id) if found else NOBODY


def _answer(source: FollowSource, question: Callable[[FollowSource], frozenset[str]]) -> frozenset[str]:
    try:
        return question(source)
    except Exception:
        log.warning("follow_source_failed", source=source.name, exc_info=True)
        return NOBODY
