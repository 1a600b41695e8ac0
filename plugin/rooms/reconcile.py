"""Webhooks get lost: ask the audio server who is there and mend the difference, every minute (row A2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import AppError
from plugin.core.ids import new_id
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import clocks, events, presence
from plugin.rooms.models import Participant, Room, RoomSession
from plugin.rooms.ports import (
    ActionError,
    Capability,
    Platform,
    PlatformEvent,
    PlatformEventKind,
    PlatformParticipant,
    current_ports,
)
from plugin.rooms.states import OPEN_SESSION_STATES

log = structlog.get_logger(__name__)

#: A list and an event that crossed each other must not fight: what changed this recently is left alone.
GRACE_SECONDS = 5
BATCH = 200


@dataclass(frozen=True)
class OpenRoom:
    """One room with an open session, as plain values, so that no transaction is open while the server is asked."""

    session_id: str
    install_id: str
    external_id: str


def reconcile_live_rooms() -> int:
    """Bring every open session in line with its audio server; return how many differences were mended.

    A server that does not answer leaves everything as it was. Where there is no list to ask for, a panel that has been
    silent for 90 seconds means that its person left.
    """
    return sum(_reconcile(room) for room in _open_rooms())


def _open_rooms() -> list[OpenRoom]:
    with unit_of_work():
        rows = db_session().execute(
            select(RoomSession.id, Room.install_id, Room.external_id)
            .join(Room, Room.id == RoomSession.room_id)
            .where(RoomSession.state.in_(OPEN_SESSION_STATES))
        )
        return [OpenRoom(*row) for row in rows]


def _reconcile(room: OpenRoom) -> int:
    try:
        platform = current_ports().platforms.platform(room.install_id)
        if Capability.LIST_PARTICIPANTS not in platform.capabilities():
            return _drop_silent_panels(room)
        return _compare(room, platform)
    except (ActionError, AppError) as error:
        log.warning(
            "reconcile_failed", install_id=room.install_id, session_id=room.session_id, kind=type(error).__name__
        )
    except Exception:  # one adapter's mistake must not keep the other rooms waiting
        log.exception("reconcile_failed", install_id=room.install_id, session_id=room.session_id)
    return 0


def _compare(room: OpenRoom, platform: Platform) -> int:
    asked_at = now()
    listed = platform.participants(room.external_id)
    with unit_of_work():
        known = _known(room.session_id)
    found = list(_differences(room, asked_at, listed, known))
    for start in range(0, len(found), BATCH):
        with unit_of_work():
            events.receive(room.install_id, found[start : start + BATCH])
    return len(found)


def _known(session_id: str) -> dict[str, Participant]:
    people = db_session().scalars(
        select(Participant).where(
            Participant.session_id == session_id,
            Participant.platform_user_id.is_not(None),
            Participant.last_platform_at.is_not(None),
        )
    )
    known = {person.platform_user_id or "": person for person in people}
    for person in known.values():
        db_session().expunge(person)  # read here, compared outside of any transaction
    return known


def _differences(
    room: OpenRoom, asked_at: datetime, listed: Sequence[PlatformParticipant], known: dict[str, Participant]
) -> Iterator[PlatformEvent]:
    there = {person.platform_user_id: person for person in listed}
    for user_id, seen in there.items():
        person = known.get(user_id)
        if person is None or not person.is_present:
            yield _event(room, PlatformEventKind.PARTICIPANT_JOINED, asked_at, seen)
        elif kind := _change(person, seen):
            yield _event(room, kind, asked_at, seen)
    for user_id, person in known.items():
        if person.is_present and user_id not in there and not _is_recent(person, asked_at):
            gone = PlatformParticipant(user_id)
            yield _event(room, PlatformEventKind.PARTICIPANT_LEFT, asked_at, gone)


def _change(person: Participant, seen: PlatformParticipant) -> PlatformEventKind | None:
    if seen.is_audible is not None and seen.is_audible != person.is_audible:
        return PlatformEventKind.MIC_ON if seen.is_audible else PlatformEventKind.MIC_OFF
    if seen.can_speak is not None and seen.can_speak != person.can_speak:
        return PlatformEventKind.ROLE_CHANGED
    if seen.role is not None and seen.role != person.role_claim:
        return PlatformEventKind.ROLE_CHANGED
    return None


def _is_recent(person: Participant, asked_at: datetime) -> bool:
    changed_at = clocks.instant_of(person.presence_stamp) if person.presence_stamp else asked_at
    return asked_at - changed_at < timedelta(seconds=GRACE_SECONDS)


def _event(room: OpenRoom, kind: PlatformEventKind, asked_at: datetime, seen: PlatformParticipant) -> PlatformEvent:
    return PlatformEvent(
        kind=kind,
        event_id=new_id("rec"),
        room=room.external_id,
        occurred_at=asked_at,
        participant=seen,
        source="reconcile",
    )


def _drop_silent_panels(room: OpenRoom) -> int:
    with unit_of_work():
        return presence.drop_silent(room.session_id, only_unknown_to_platform=False)
