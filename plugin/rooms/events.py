"""What the audio server tells us becomes true here: once each, whatever the order of arrival (rows A1 and A3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.rooms import clocks, queries, sessions, sightings
from plugin.rooms.models import PlatformEventSeen, Room, RoomSession
from plugin.rooms.ports import PlatformEvent, PlatformEventKind
from plugin.rooms.states import OPEN_SESSION_STATES, SessionState

#: These show that the room runs: an unknown one is mirrored live, an ended one comes back.
RUNNING = frozenset(
    {
        PlatformEventKind.ROOM_STARTED,
        PlatformEventKind.PARTICIPANT_JOINED,
        PlatformEventKind.MIC_ON,
        PlatformEventKind.HAND_RAISED,
    }
)
#: Reconcile makes its events up itself, each with a fresh id: there is no repeat to remember.
UNREPEATED_SOURCES = frozenset({"reconcile", "panel"})


def receive(install_id: str, events: Sequence[PlatformEvent]) -> int:
    """Take in verified events inside the caller's unit of work; return how many were new.

    A repeat (same install, same ``event_id``) changes nothing. An event that is older than what is known about the same
    thing changes nothing either. Within one session the end state is the same in whatever order events arrive.
    """
    fresh = _unseen(install_id, events)
    for event in sorted(fresh, key=clocks.stamp_of):
        _take_in(install_id, event)
    return len(fresh)


def _unseen(install_id: str, events: Sequence[PlatformEvent]) -> list[PlatformEvent]:
    by_id = {event.event_id: event for event in events}
    wanted = [id_ for id_, event in by_id.items() if event.source not in UNREPEATED_SOURCES]
    seen = set(
        db_session().scalars(
            select(PlatformEventSeen.event_id).where(
                PlatformEventSeen.install_id == install_id, PlatformEventSeen.event_id.in_(wanted)
            )
        )
        if wanted
        else ()
    )
    return [event for id_, event in by_id.items() if id_ not in seen and _note(install_id, event)]


def _note(install_id: str, event: PlatformEvent) -> bool:
    if event.source in UNREPEATED_SOURCES:
        return True
    try:
        with db_session().begin_nested():
            db_session().add(PlatformEventSeen(install_id=install_id, event_id=event.event_id))
    except IntegrityError:  # the same event through another process, at this very moment
        return False
    return True


def _take_in(install_id: str, event: PlatformEvent) -> None:
    room = sessions.place(install_id, event.room, event.room_title)
    session = _session_of(room, event)
    if session is None:
        return
    stamp = clocks.stamp_of(event)
    session.last_event_at = now()
    if session.number == 1:
        session.opened_at = min(session.opened_at, event.occurred_at)
    if event.kind == PlatformEventKind.ROOM_ENDED:
        _close(session, event, stamp)
    elif event.kind in RUNNING:
        _keep_running(session, event, stamp)
    if event.participant is not None:
        sightings.follow(session, event, event.participant, stamp)


def _session_of(room: Room, event: PlatformEvent) -> RoomSession | None:
    """Return the session the event belongs to, opened or reopened if need be; None when it belongs to the past."""
    newest = queries.newest_session(room.id)
    if newest is None:
        return sessions.open_session(room, event.occurred_at)
    newest = queries.session_for_update(newest.id)
    if newest.state in OPEN_SESSION_STATES:
        is_of_an_earlier_one = newest.number > 1 and event.occurred_at < newest.opened_at
        return None if is_of_an_earlier_one else newest
    return _session_after_the_end(room, newest, event)


def _session_after_the_end(room: Room, newest: RoomSession, event: PlatformEvent) -> RoomSession | None:
    is_old = clocks.stamp_of(event) < newest.clocks.get("ended", "")
    if is_old or event.kind not in RUNNING:
        return newest if newest.state == SessionState.ENDED else None
    if _is_return(newest, event):
        is_shut = newest.is_ended_by_host and event.kind != PlatformEventKind.ROOM_STARTED
        return None if is_shut else newest
    return sessions.open_session(room, event.occurred_at)


def _is_return(newest: RoomSession, event: PlatformEvent) -> bool:
    if newest.state != SessionState.ENDED or newest.ended_at is None:
        return False
    return event.occurred_at - newest.ended_at <= timedelta(seconds=sessions.RESUME_SECONDS)


def _close(session: RoomSession, event: PlatformEvent, stamp: str) -> None:
    if session.is_ended_by_host or stamp <= session.clocks.get("ended", ""):
        return
    if stamp > session.clocks.get("running", ""):
        sessions.end(session, event.occurred_at, reason="platform", stamp=stamp)
    else:  # it came back since: only those who were here before are gone
        clocks.advance(session, "ended", stamp)
        sessions.clear(session, stamp)


def _keep_running(session: RoomSession, event: PlatformEvent, stamp: str) -> None:
    clocks.advance(session, "running", stamp)
    if stamp > session.clocks.get("ended", ""):
        sessions.go_live(session, event.occurred_at)
    else:
        session.started_at = min(session.started_at or event.occurred_at, event.occurred_at)
