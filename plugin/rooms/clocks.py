"""Stamps that order what the audio server tells us, so that the order of arrival never matters.

Each thing we keep about a person or a session (presence, microphone, right to speak, hand, role, name) remembers the
stamp of the event that set it; an event with a smaller stamp comes too late for that thing and changes nothing. A stamp
is the instant in microseconds, then a rank, then a digest of the event id. At the same instant what opens beats what
closes: *joined* wins over *left*, because audio servers count whole seconds and a person who came back within one
second must not vanish; if they did leave, the next reconcile says so.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Protocol

from plugin.rooms.ports import PlatformEvent, PlatformEventKind

CLOSING = frozenset(
    {
        PlatformEventKind.PARTICIPANT_LEFT,
        PlatformEventKind.ROOM_ENDED,
        PlatformEventKind.MIC_OFF,
        PlatformEventKind.HAND_LOWERED,
    }
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clocked(Protocol):
    """Something that keeps a stamp for each thing it was told."""

    clocks: dict[str, str]


def microseconds(instant: datetime) -> int:
    """Return the instant as whole microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def stamp(occurred_at: datetime, *, is_closing: bool, event_id: str) -> str:
    """Return a stamp; stamps compare as text."""
    digest = hashlib.sha256(event_id.encode()).hexdigest()[:16]
    return f"{microseconds(occurred_at):017d}.{0 if is_closing else 1}.{digest}"


def stamp_of(event: PlatformEvent) -> str:
    """Return the stamp of an event."""
    return stamp(event.occurred_at, is_closing=event.kind in CLOSING, event_id=event.event_id)


def instant_of(stamp: str) -> datetime:
    """Return the instant a stamp was made of."""
    return _EPOCH + int(stamp.split(".", 1)[0]) * _MICROSECOND


def stamp_after(thing: Clocked, name: str, at: datetime, *, is_closing: bool) -> str:
    """Return a stamp for an answer we asked for: later than all we know, even if that server runs ahead."""
    known = thing.clocks.get(name)
    if known:
        at = max(at, instant_of(known) + _MICROSECOND)
    return stamp(at, is_closing=is_closing, event_id="answer")


def advance(thing: Clocked, name: str, stamp: str) -> bool:
    """Move one clock forward; False when what it shows is newer, and the event came too late."""
    if stamp <= thing.clocks.get(name, ""):
        return False
    thing.clocks = {**thing.clocks, name: stamp}  # a new dict: SQLAlchemy does not see inside the old one
    return True
