"""What a feature tells the people in the room, now: pushes, tallies and revocations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Push:
    """A change told to a channel: logged, numbered by ``seq``, delivered in order. ``data`` is what GET returns."""

    channel: str
    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Tally:
    """A passing figure: conflated by (channel, name, key) to at most 20 a second, without ``seq``, not logged."""

    channel: str
    name: str
    key: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Revoke:
    """From now on this account may not hear this channel: every process drops its subscription within a second."""

    channel: str
    account_id: str


Announcement = Push | Tally | Revoke
