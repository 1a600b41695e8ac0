"""Places in the run order: keys between which there is always room for another (fractional indexing)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from fractional_indexing import generate_key_between  # type: ignore[import-untyped]


def between(before: str | None, after: str | None) -> str:
    """Return a key after ``before`` and before ``after``; None is the start or the end of the list."""
    return cast(str, generate_key_between(before, after))


def last(taken: Sequence[str]) -> str:
    """Return a key after all of these (sorted) keys."""
    return between(taken[-1] if taken else None, None)


def after(taken: Sequence[str], rank: str | None) -> str:
    """Return a key right after ``rank``, or before all of these (sorted) keys when it is None."""
    later = [key for key in taken if rank is None or key > rank]
    return between(rank, later[0] if later else None)


def back_at(taken: Sequence[str], rank: str) -> str:
    """Return ``rank`` itself when it is free, else the nearest free key after it."""
    return after(taken, rank) if rank in taken else rank
