"""Rooms, sessions, people, hands and turns, found within one session: what is elsewhere does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, func, or_, select

from plugin.core.actor import BACKSTAGE, HOSTING, Role
from plugin.core.database import session as db_session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import current_work
from plugin.rooms.models import Hand, Participant, Room, RoomSession, StageTurn
from plugin.rooms.states import ACTIVE_TURN_STATES, HandState, TurnState

T = TypeVar("T", Participant, Hand, StageTurn)

#: The most people a panel is told about at once; larger rooms page through ``GET /participants``.
LISTED_MAX = 100
HANDS_MAX = 200


def room(room_id: str) -> Room:
    """Return the room."""
    return db_session().get_one(Room, room_id)


def session(session_id: str) -> RoomSession:
    """Return the session, without a lock."""
    found = db_session().get(RoomSession, session_id)
    if found is None:
        raise NotFoundError()
    return found


def session_for_update(session_id: str) -> RoomSession:
    """Return the session, locked until the commit.

    Every change of people, hands and turns takes this lock first, so no two of them can deadlock or miscount.
    """
    work = current_work()
    locked: set[str] = work.notes.setdefault("rooms.locked_sessions", set())
    if session_id in locked:
        return session(session_id)
    work.session.flush()
    work.session.expire_all()  # what was read before the lock may be old by now
    found = work.session.get(RoomSession, session_id, with_for_update=True)
    if found is None:
        raise NotFoundError()
    locked.add(session_id)
    return found


def newest_session(room_id: str) -> RoomSession | None:
    """Return the room's latest session, whatever its state."""
    return db_session().scalar(
        select(RoomSession).where(RoomSession.room_id == room_id).order_by(RoomSession.number.desc()).limit(1)
    )


def participant(session_id: str, account_id: str) -> Participant | None:
    """Return the person's place in this session."""
    return db_session().scalar(
        select(Participant).where(Participant.session_id == session_id, Participant.account_id == account_id)
    )


def participant_by_id(session_id: str, participant_id: str) -> Participant:
    """Return the participant; `NotFoundError` in another session."""
    return _within(session_id, db_session().get(Participant, participant_id))


def participant_by_platform(session_id: str, platform_user_id: str) -> Participant | None:
    """Return whom the audio server means."""
    return db_session().scalar(
        select(Participant).where(
            Participant.session_id == session_id, Participant.platform_user_id == platform_user_id
        )
    )


def hosts(session_id: str) -> Sequence[Participant]:
    """Return the host and co-hosts: a handful."""
    return db_session().scalars(_participants(session_id).where(Participant.role.in_(HOSTING))).all()


def hosts_and_speakers(session_id: str) -> Sequence[Participant]:
    """Return everybody who leads or may speak."""
    heard = or_(Participant.role.in_(HOSTING), Participant.can_speak)
    return db_session().scalars(_participants(session_id).where(heard)).all()


def host(session_id: str) -> Participant | None:
    """Return the one host."""
    return db_session().scalar(_participants(session_id).where(Participant.role == Role.HOST).limit(1))


def listed_participants(session_id: str, *, with_quiet: bool) -> Sequence[Participant]:
    """Return hosts, speakers and the present, in that order, at most `LISTED_MAX`; quiet listeners only if asked."""
    leading = Participant.role.in_(BACKSTAGE)
    shown = _participants(session_id).where(or_(leading, Participant.can_speak, Participant.is_present))
    if not with_quiet:
        shown = shown.where(or_(Participant.is_quiet.is_(False), leading))
    ordered = shown.order_by(leading.desc(), Participant.can_speak.desc(), Participant.joined_at, Participant.id)
    return db_session().scalars(ordered.limit(LISTED_MAX)).all()


def participants_after(
    session_id: str, participant_id: str | None, limit: int, *, with_quiet: bool
) -> Sequence[Participant]:
    """Return a page of the present, in the order of their ids, which stays put while people come and go."""
    page = _participants(session_id).where(Participant.is_present)
    if not with_quiet:
        page = page.where(Participant.is_quiet.is_(False))
    if participant_id:
        page = page.where(Participant.id > participant_id)
    return db_session().scalars(page.order_by(Participant.id).limit(limit)).all()


def hand(session_id: str, hand_id: str) -> Hand:
    """Return the hand; `NotFoundError` in another session."""
    return _within(session_id, db_session().get(Hand, hand_id))


def raised_hand(participant_id: str) -> Hand | None:
    """Return the person's raised hand."""
    return db_session().scalar(
        select(Hand).where(Hand.participant_id == participant_id, Hand.state == HandState.RAISED)
    )


def raised_hands(session_id: str) -> Sequence[tuple[Hand, Participant]]:
    """Return the queue in its order, each with the person, at most `HANDS_MAX`."""
    rows = db_session().execute(
        select(Hand, Participant)
        .join(Participant, Participant.id == Hand.participant_id)
        .where(Hand.session_id == session_id, Hand.state == HandState.RAISED)
        .order_by(Hand.order_key, Hand.id)
        .limit(HANDS_MAX)
    )
    return [(hand, person) for hand, person in rows]


def raised_hands_count(session_id: str) -> int:
    """Return how many hands are up."""
    return (
        db_session()
        .scalars(select(func.count()).where(Hand.session_id == session_id, Hand.state == HandState.RAISED))
        .one()
    )


def last_order_key(session_id: str) -> int:
    """Return the largest order key in the queue, 0 when it is empty."""
    return (
        db_session()
        .scalars(
            select(func.coalesce(func.max(Hand.order_key), 0)).where(
                Hand.session_id == session_id, Hand.state == HandState.RAISED
            )
        )
        .one()
    )


def turn(session_id: str, turn_id: str) -> StageTurn:
    """Return the turn; `NotFoundError` in another session."""
    return _within(session_id, db_session().get(StageTurn, turn_id))


def active_turn(participant_id: str) -> StageTurn | None:
    """Return the person's open invitation, accepted or running turn."""
    return db_session().scalar(
        select(StageTurn).where(StageTurn.participant_id == participant_id, StageTurn.state.in_(ACTIVE_TURN_STATES))
    )


def active_turn_for_question(session_id: str, question_id: str) -> StageTurn | None:
    """Return the open invitation, accepted or running turn that belongs to this question."""
    return db_session().scalar(
        select(StageTurn).where(
            StageTurn.session_id == session_id,
            StageTurn.question_id == question_id,
            StageTurn.state.in_(ACTIVE_TURN_STATES),
        )
    )


def turns_for_question(session_id: str, question_id: str) -> Sequence[StageTurn]:
    """Return every turn of this question, newest first."""
    return (
        db_session()
        .scalars(
            select(StageTurn)
            .where(StageTurn.session_id == session_id, StageTurn.question_id == question_id)
            .order_by(StageTurn.invited_at.desc())
        )
        .all()
    )


def shown_turns(session_id: str) -> Sequence[StageTurn]:
    """Return the turns that a desk shows: active ones, and failures nobody has dealt with yet."""
    shown = or_(
        StageTurn.state.in_(ACTIVE_TURN_STATES),
        StageTurn.state == TurnState.FAILED,
        StageTurn.failure_code.is_not(None) & (StageTurn.state == TurnState.LEFT),
    )
    return (
        db_session()
        .scalars(
            select(StageTurn).where(StageTurn.session_id == session_id, shown).order_by(StageTurn.invited_at).limit(100)
        )
        .all()
    )


def _participants(session_id: str) -> Select[Participant]:
    return select(Participant).where(Participant.session_id == session_id, Participant.removed_at.is_(None))


def _within(session_id: str, found: T | None) -> T:
    if found is None or found.session_id != session_id:
        raise NotFoundError()
    return found
