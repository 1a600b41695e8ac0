"""What time decides even when nobody looks: empty rooms end, silent panels go, old tokens and traces are deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Delete, Select, and_, delete, exists, or_, select, update

from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import presence, queries, sessions, turns
from plugin.rooms.models import PanelSession, Participant, PlatformEventSeen, RoomSession, StageTurn, UsedToken
from plugin.rooms.states import OPEN_SESSION_STATES, SessionState, TurnState

EMPTY_SECONDS = 15 * 60
EVENTS_KEPT_HOURS = 48
PANELS_KEPT_HOURS = 24
BATCH = 50


def drop_silent_panels() -> int:
    """Let go of people whom only their panel vouched for, once it is silent."""
    cutoff = now() - timedelta(seconds=presence.HEARTBEAT_SECONDS)
    silent = select(Participant.session_id).where(
        Participant.is_present, Participant.last_platform_at.is_(None), Participant.last_seen_at < cutoff
    )
    return _for_each_session(silent, _drop_silent)


def _drop_silent(session_id: str) -> None:
    presence.drop_silent(session_id, only_unknown_to_platform=True)


def end_empty_sessions() -> int:
    """End sessions with nobody there and no event for a quarter of an hour; a lobby that never started is cancelled."""
    cutoff = now() - timedelta(seconds=EMPTY_SECONDS)
    somebody = exists().where(Participant.session_id == RoomSession.id, Participant.is_present)
    deserted = select(RoomSession.id).where(
        RoomSession.state.in_(OPEN_SESSION_STATES), RoomSession.last_event_at < cutoff, ~somebody
    )
    return _for_each_session(deserted, _close_deserted)


def _close_deserted(session_id: str) -> None:
    session = queries.session_for_update(session_id)
    if session.present_count > 0 or session.last_event_at > now() - timedelta(seconds=EMPTY_SECONDS):
        return
    if session.state == SessionState.LIVE:
        sessions.end(session, now(), reason="empty")
    elif session.state == SessionState.LOBBY:
        sessions.cancel(session)


def settle_overdue_turns() -> int:
    """Write down which invitations ran out and which promotions failed, should a timer have been missed."""
    moment = now()
    overdue = or_(
        and_(StageTurn.state == TurnState.INVITED, StageTurn.expires_at < moment),
        and_(
            StageTurn.state == TurnState.ACCEPTED,
            StageTurn.accepted_at < moment - timedelta(seconds=turns.DEADLINE_SECONDS + 2),
        ),
    )
    ids = _read(select(StageTurn.session_id, StageTurn.id).where(overdue).limit(BATCH))
    for session_id, turn_id in ids:
        with unit_of_work():
            queries.session_for_update(session_id)
            turns.settle(queries.turn(session_id, turn_id))
    return len(ids)


def forget_presence() -> int:
    """Forget who sat where and when, once a session cannot come back (row A15)."""
    cutoff = now() - timedelta(seconds=sessions.RESUME_SECONDS + 60)
    over = select(RoomSession.id).where(
        RoomSession.state.not_in(OPEN_SESSION_STATES),
        RoomSession.is_presence_forgotten.is_(False),
        or_(RoomSession.ended_at < cutoff, RoomSession.state == SessionState.CANCELLED),
    )
    return _for_each_session(over, _forget)


def _forget(session_id: str) -> None:
    session = queries.session_for_update(session_id)
    db_session().execute(
        update(Participant)
        .where(Participant.session_id == session_id)
        .values(
            is_present=False,
            is_audible=False,
            can_speak=False,
            joined_at=None,
            left_at=None,
            last_seen_at=None,
            last_platform_at=None,
            audible_since_at=None,
            host_claimed_at=None,
            presence_stamp="",
            clocks={},
        )
    )
    session.present_count = session.quiet_count = 0
    session.is_presence_forgotten = True


def forget_old_tokens() -> int:
    """Delete what only guarded against repeats that can no longer come."""
    moment = now()
    return (
        _delete(delete(UsedToken).where(UsedToken.expires_at < moment - timedelta(hours=1)))
        + _delete(delete(PlatformEventSeen).where(PlatformEventSeen.seen_at < _hours_ago(EVENTS_KEPT_HOURS)))
        + _delete(delete(PanelSession).where(PanelSession.expires_at < _hours_ago(PANELS_KEPT_HOURS)))
    )


def _hours_ago(hours: int) -> datetime:
    return now() - timedelta(hours=hours)


def _delete(statement: Delete) -> int:
    with unit_of_work():
        return cast("CursorResult[object]", db_session().execute(statement)).rowcount


def _for_each_session(wanted: Select[str], act: Callable[[str], None]) -> int:
    ids = [row[0] for row in _read(wanted)]
    for session_id in ids:
        with unit_of_work():
            act(session_id)
    return len(ids)


def _read(wanted: Select[*tuple[str, ...]]) -> list[tuple[str, ...]]:
    rows = db_session().execute(wanted.distinct().limit(BATCH)).all()
    db_session().rollback()  # a standing read transaction would not see what the units of work below change
    return [tuple(row) for row in rows]


SWEEPS = (drop_silent_panels, end_empty_sessions, settle_overdue_turns, forget_presence, forget_old_tokens)
