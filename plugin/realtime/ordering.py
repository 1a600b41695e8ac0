"""Puts numbered items back into order: each number once, ascending, holes waited for."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class SeqOrder(Generic[T]):
    """Items come in any order and more than once; they go out as last+1, last+2 … or wait behind a hole."""

    __slots__ = ("_waiting", "last")

    def __init__(self, last: int) -> None:
        self.last = last
        self._waiting: dict[int, T] = {}

    @property
    def has_hole(self) -> bool:
        """Something waits for a number that has not come."""
        return bool(self._waiting)

    @property
    def highest(self) -> int:
        """The highest number seen, released or waiting."""
        return max(self._waiting, default=self.last)

    def offer(self, seq: int, item: T) -> list[tuple[int, T]]:
        """Take an item; return what can go out now, in order. A number seen before is dropped."""
        if seq <= self.last:
            return []
        self._waiting.setdefault(seq, item)
        return self._release()

    def skip_hole(self) -> list[tuple[int, T]]:
        """Give up on the missing numbers; return what waited right behind them."""
        if not self._waiting:
            return []
        self.last = min(self._waiting) - 1
        return self._release()

    def _release(self) -> list[tuple[int, T]]:
        ready = []
        while self._waiting and self.last + 1 in self._waiting:
            self.last += 1
            ready.append((self.last, self._waiting.pop(self.last)))
        return ready
