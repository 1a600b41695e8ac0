"""Sessions: a room opens, goes live, ends and perhaps comes back within five minutes (rows A3 and A21)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import ConflictError
from plugin.core.text import clean_line
from plugin.outbox.recorder import record
from plugin.rooms import clocks, hands, policy, presence, queries, turns
from plugin.rooms.domain_events import SessionChanged, SessionEnded, SessionStarted
from plugin.rooms.models import Room, RoomSession
from plugin.rooms.states import OPEN_SESSION_STATES, SESSION_STEPS, HandLowering, SessionState

RESUME_SECONDS = 300
TITLE_MAX = 200


def place(install_id: str, external_id: str, title: str | None = None) -> Room:
    """Return the room of that name on this install, mirrored on first sight."""
    database = db_session()
    wanted = select(Room).where(Room.install_id == install_id, Room.external_id == external_id)
    room = database.scalar(wanted)
    if room is None:
        try:
            with database.begin_nested():
                room = Room(install_id=install_id, external_id=external_id, title=_title(title or external_id))
                database.add(room)
        except IntegrityError:  # two doors at once: the other one made it
            room = database.scalars(wanted).one()
    elif title:
        room.title = _title(title)
    return room


def _title(title: str) -> str:
    return clean_line(title)[:TITLE_MAX]


def open_session(room: Room, at: datetime) -> RoomSession:
    """Open the next session of a room, in the lobby; the room's row is locked so that two doors open one session."""
    database = db_session()
    database.flush()
    database.get(Room, room.id, with_for_update=True, populate_existing=True)
    newest = queries.newest_session(room.id)
    if newest is not None and newest.state in OPEN_SESSION_STATES:
        return queries.session_for_update(newest.id)
    session = RoomSession(room_id=room.id, number=newest.number + 1 if newest else 1, opened_at=at)
    database.add(session)
    database.flush()
    record(SessionChanged(session_id=session.id, from_state=None, to_state=SessionState.LOBBY))
    return queries.session_for_update(session.id)


def session_to_enter(room: Room) -> RoomSession:
    """Return the session a person signs in to: the open one, one that ended moments ago, or a new one in the lobby."""
    newest = queries.newest_session(room.id)
    if newest is not None and (newest.state in OPEN_SESSION_STATES or _ended_moments_ago(newest, now())):
        return queries.session_for_update(newest.id)
    return open_session(room, now())


def _ended_moments_ago(session: RoomSession, at: datetime) -> bool:
    if session.state != SessionState.ENDED or session.ended_at is None:
        return False
    return at - session.ended_at <= timedelta(seconds=RESUME_SECONDS)


def move(actor: Actor, to: str) -> RoomSession:
    """Let a host start, end or put away the session; 409 when the step is not in the table."""
    session = queries.session_for_update(actor.session_id)
    target = SessionState(to)
    policy.ensure_can_move_session(actor, target)
    if target == session.state:
        return session
    ensure_step(session, target)
    if target == SessionState.ENDED:
        session.is_ended_by_host = True
        end(session, now(), reason="host")
    elif target == SessionState.LIVE:
        go_live(session, now())
    else:
        _step(session, target)
    return session


def ensure_step(session: RoomSession, target: SessionState) -> None:
    """Refuse a step that the table does not list, or a return to live after more than five minutes."""
    is_late = session.state == SessionState.ENDED and target == SessionState.LIVE
    is_late = is_late and not _ended_moments_ago(session, now())
    if target not in SESSION_STEPS[SessionState(session.state)] or is_late:
        raise ConflictError(
            f"A session that is {session.state} cannot become {target}.",
            code="illegal_transition",
            state=session.state,
        )


def _step(session: RoomSession, target: SessionState) -> None:
    before, session.state = session.state, target
    session.version += 1
    session.last_event_at = now()
    record(SessionChanged(session_id=session.id, from_state=before, to_state=target))


def go_live(session: RoomSession, at: datetime) -> None:
    """Make the session live, or live again; the first start counts as its start."""
    session.started_at = min(session.started_at or at, at)
    if session.state == SessionState.LIVE:
        return
    is_resumed = session.state == SessionState.ENDED
    session.ended_at, session.is_ended_by_host = None, False
    _step(session, SessionState.LIVE)
    record(SessionStarted(session_id=session.id, is_resumed=is_resumed))


def end(session: RoomSession, at: datetime, *, reason: str, stamp: str | None = None) -> None:
    """End the session: nobody is here any more, hands go down, turns on stage are over."""
    stamp = stamp or clocks.stamp(at, is_closing=True, event_id=f"end:{session.id}:{session.version}")
    clocks.advance(session, "ended", stamp)
    if session.state != SessionState.ENDED:
        _step(session, SessionState.ENDED)
        record(SessionEnded(session_id=session.id, reason=reason))
        turns.end_all(session)
    session.ended_at = at
    clear(session, stamp)


def clear(session: RoomSession, stamp: str) -> None:
    """Let everyone go, and every hand down, that was there when the room closed."""
    before = None if session.is_ended_by_host else clocks.instant_of(stamp)
    hands.lower_everyones(session, HandLowering.SESSION_ENDED, raised_before=before)
    presence.empty(session, stamp)


def cancel(session: RoomSession) -> None:
    """Put away a lobby that nobody came to."""
    _step(session, SessionState.CANCELLED)
