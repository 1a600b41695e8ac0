"""What the hub needs from outside: the log in the database, and the way to Redis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

Rows = Sequence[tuple[int, str]]


class Log(Protocol):
    """Reads the log in the database, elsewhere than in the reactor's thread; answers come by ``then``, in it."""

    def latest(self, names: Sequence[str], then: Callable[[Mapping[str, int] | None], None]) -> None:
        """Look up how far channels are; None when the database did not answer."""

    def since(self, name: str, seq: int, limit: int, then: Callable[[Rows | None], None]) -> None:
        """Look up the rows after ``seq``; None when the database did not answer."""


class Subscriptions(Protocol):
    """The way to Redis."""

    def subscribe(self, name: str) -> None:
        """Listen to a channel; ask `Hub.check` for it once that is sure."""

    def unsubscribe(self, name: str) -> None:
        """Stop listening."""
