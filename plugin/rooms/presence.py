"""Who is here: the one place where presence and its counters change."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select, update

from plugin.core.clock import isoformat, now
from plugin.core.database import session as db_session
from plugin.outbox.recorder import record, remind
from plugin.rooms import clocks, queries
from plugin.rooms.domain_events import (
    HandAbsenceDue,
    ParticipantJoined,
    ParticipantLeft,
    StageAbsenceDue,
)
from plugin.rooms.models import Participant, RoomSession
from plugin.rooms.states import OPEN_SESSION_STATES, TurnState

#: Somebody who comes back within this keeps the raised hand and the turn on stage.
ABSENCE_SECONDS = 60
#: A panel that was silent for longer than this is closed, as far as we know.
HEARTBEAT_SECONDS = 90
BATCH = 200
#: A heartbeat is written down at most this often.
HEARTBEAT_WRITE = timedelta(seconds=20)


def arrive(session: RoomSession, person: Participant) -> None:
    """The person is here."""
    if person.is_present:
        return
    person.is_present, person.left_at = True, None
    _count(session, person, 1)
    record(ParticipantJoined(session_id=session.id, participant_id=person.id))


def leave(session: RoomSession, person: Participant, at: datetime) -> None:
    """The person is not here any more."""
    person.left_at = at
    if not person.is_present:
        return
    person.is_present = person.is_audible = False
    person.audible_since_at = None
    _count(session, person, -1)
    record(ParticipantLeft(session_id=session.id, participant_id=person.id))
    watch_absence(person, at)


def _count(session: RoomSession, person: Participant, step: int) -> None:
    session.present_count += step
    session.quiet_count += step if person.is_quiet else 0


def watch_absence(person: Participant, left_at: datetime) -> None:
    """Look again in a minute at what an absent person holds."""
    due_at = now() + timedelta(seconds=ABSENCE_SECONDS)
    ids = {"session_id": person.session_id, "participant_id": person.id, "left_at": isoformat(left_at) or ""}
    if hand := queries.raised_hand(person.id):
        remind(HandAbsenceDue(**ids, hand_id=hand.id), due_at=due_at)
    turn = queries.active_turn(person.id)
    if turn is not None and turn.state == TurnState.ON_STAGE:
        remind(StageAbsenceDue(**ids, turn_id=turn.id, question_id=turn.question_id), due_at=due_at)


def is_still_absent(person: Participant, left_at: str) -> bool:
    """Whether the absence that began then still lasts."""
    return not person.is_present and isoformat(person.left_at) == left_at


def listen_quietly(session: RoomSession, person: Participant, is_quiet: bool) -> bool:
    """Count the person without naming them to the audience, or name them again; whether that changed anything."""
    if person.is_quiet == is_quiet:
        return False
    person.is_quiet = is_quiet
    if person.is_present:
        session.quiet_count += 1 if is_quiet else -1
    return True


def empty(session: RoomSession, stamp: str) -> None:
    """Everyone who was here when the room closed is not any more: one statement, however many they are."""
    gone = and_(Participant.session_id == session.id, Participant.is_present, Participant.presence_stamp < stamp)
    values = {
        "is_present": False,
        "is_audible": False,
        "audible_since_at": None,
        "left_at": clocks.instant_of(stamp),
        "presence_stamp": stamp,
    }
    database = db_session()
    database.flush()
    database.execute(update(Participant).where(gone).values(values), execution_options={"synchronize_session": "fetch"})
    _silence(session, stamp)
    present = and_(Participant.session_id == session.id, Participant.is_present)
    session.present_count = database.scalars(select(func.count()).where(present)).one()
    session.quiet_count = database.scalars(select(func.count()).where(present, Participant.is_quiet)).one()


def _silence(session: RoomSession, stamp: str) -> None:
    """Close the microphones of those who came back since, unless they were opened since as well."""
    audible = select(Participant).where(Participant.session_id == session.id, Participant.is_audible)
    for person in db_session().scalars(audible):
        if clocks.advance(person, "microphone", stamp):
            person.is_audible, person.audible_since_at = False, None


def is_kept_by_panel(person: Participant) -> bool:
    """Whether the panel decides that this person is here: the audio server never said, or the panel spoke last."""
    return person.last_platform_at is None or person.clocks.get("presence_source") == "panel"


def seen(session: RoomSession, person: Participant) -> None:
    """The person's panel is open: they are here, unless the audio server knows better."""
    person.last_seen_at = now()
    if person.is_present or session.state not in OPEN_SESSION_STATES or not is_kept_by_panel(person):
        return
    _stamp_from_panel(person, now(), is_closing=False)
    person.joined_at = now()
    arrive(session, person)


def drop_silent(session_id: str, *, only_unknown_to_platform: bool) -> int:
    """Let everyone go whose panel has been silent for too long; return how many.

    Where the audio server can list people, only those it never spoke of depend on their panel.
    """
    session = queries.session_for_update(session_id)
    silent = select(Participant).where(
        Participant.session_id == session_id,
        Participant.is_present,
        Participant.last_seen_at < now() - timedelta(seconds=HEARTBEAT_SECONDS),
    )
    if only_unknown_to_platform:
        silent = silent.where(Participant.last_platform_at.is_(None))
    gone = db_session().scalars(silent.limit(BATCH)).all()
    for person in gone:
        lost(session, person)
    return len(gone)


def lost(session: RoomSession, person: Participant) -> None:
    """The person's panel went silent and nobody else vouches for them."""
    _stamp_from_panel(person, now(), is_closing=True)
    leave(session, person, now())


def _stamp_from_panel(person: Participant, at: datetime, *, is_closing: bool) -> None:
    person.presence_stamp = max(
        person.presence_stamp, clocks.stamp(at, is_closing=is_closing, event_id=f"panel:{person.id}")
    )
    person.clocks = {**person.clocks, "presence_source": "panel"}
