"""The stage: a host invites, the person agrees, the audio server confirms, the person returns (row N1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from plugin.accounts import queries as accounts
from plugin.accounts import service as accounts_service
from plugin.core.actor import Actor, Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import ConflictError, NotFoundError
from plugin.rooms import policy, queries, turns
from plugin.rooms.domain_events import (
    StageTurnConfirmed,
    StageTurnDeclined,
    StageTurnExtended,
    StageTurnInvited,
    StageTurnWithdrawn,
)
from plugin.rooms.models import Hand, Participant, RoomSession, StageTurn
from plugin.rooms.states import ACTIVE_TURN_STATES, TurnState


def invite(
    actor: Actor, participant_id: str, *, question_id: str | None = None, hand_id: str | None = None
) -> StageTurn:
    """Ask a person onto the stage; a second invitation while one is open returns the open one."""
    policy.ensure_backstage(actor)
    session = queries.session_for_update(actor.session_id)
    policy.ensure_is_open(session)
    person = queries.participant_by_id(session.id, participant_id)
    hand = _hand_of(person, hand_id)
    question_id = question_id or (hand.question_id if hand else None)
    if turn := _open_turn(person, question_id):
        return turn
    _ensure_can_be_invited(person)
    _put_away_failures(person)
    turn = StageTurn(
        session_id=session.id,
        participant_id=person.id,
        question_id=question_id,
        hand_id=hand.id if hand else None,
        invited_by_id=actor.participant_id,
        invited_at=now(),
    )
    turn.expires_at = _expiry(turn, session, person)
    db_session().add(turn)
    db_session().flush()
    turns.tell(turn, StageTurnInvited)
    turns.watch_invitation(turn)
    return turn


def _hand_of(person: Participant, hand_id: str | None) -> Hand | None:
    if hand_id is None:
        return queries.raised_hand(person.id)
    hand = queries.hand(person.session_id, hand_id)
    if hand.participant_id != person.id:
        raise NotFoundError("This hand is somebody else's.")
    return hand


def _open_turn(person: Participant, question_id: str | None) -> StageTurn | None:
    turn = queries.active_turn(person.id)
    if turn is None or turns.settle(turn) not in ACTIVE_TURN_STATES:
        return None
    if question_id and turn.question_id and turn.question_id != question_id:
        raise ConflictError(f"{person.name} is invited for another question already.", code="already_invited")
    if question_id and turn.question_id is None:
        turn.question_id = question_id
        turn.version += 1
        turns.tell(turn, StageTurnConfirmed if turn.state == TurnState.ON_STAGE else StageTurnInvited)
    return turn


def _ensure_can_be_invited(person: Participant) -> None:
    if person.role == Role.PRODUCER:
        raise ConflictError("A producer stays behind the stage.", code="producer_stays")
    if person.removed_at is not None or not person.is_present:
        raise ConflictError(f"{person.name} is not here right now.", code="participant_absent")


def _put_away_failures(person: Participant) -> None:
    failed = (TurnState.FAILED, TurnState.LEFT)
    unsettled = select(StageTurn).where(
        StageTurn.participant_id == person.id,
        StageTurn.state.in_(failed),
        StageTurn.failure_code.is_not(None),
    )
    for turn in db_session().scalars(unsettled):
        turns.put_away(turn)


def _expiry(turn: StageTurn, session: RoomSession, person: Participant) -> datetime | None:
    limits = accounts.account(person.account_id).time_limits
    wait = accounts_service.time_to_answer(limits, session.invite_seconds)
    return turn.invited_at + wait if wait else None


def accept(actor: Actor, turn_id: str) -> StageTurn:
    """Agree; from here the audio server has ten seconds. Agreeing twice is agreeing once."""
    turn = _own(actor, turn_id)
    state = turns.settle(turn)
    if state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        return turn
    _ensure_still(turn, state, TurnState.INVITED)
    policy.ensure_is_open(queries.session(turn.session_id))
    turns.begin_asking(turn)
    return turn


def retry(actor: Actor, turn_id: str) -> StageTurn:
    """Ask the audio server again after a failure; the person agreed already."""
    policy.ensure_backstage(actor)
    turn = _any(actor, turn_id)
    state = turns.settle(turn)
    if state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        return turn
    _ensure_still(turn, state, TurnState.FAILED)
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    policy.ensure_is_open(queries.session(turn.session_id))
    _ensure_can_be_invited(person)
    if queries.active_turn(person.id):
        raise ConflictError(f"{person.name} has a newer invitation.", code="already_invited")
    turn.failure_code = turn.failure_message = turn.ended_at = None
    turns.begin_asking(turn)
    return turn


def decline(actor: Actor, turn_id: str) -> StageTurn:
    """Say *not now*; saying it late, or twice, changes nothing."""
    turn = _own(actor, turn_id)
    if turns.settle(turn) == TurnState.INVITED:
        turns.close(turn, TurnState.DECLINED)
        turns.tell(turn, StageTurnDeclined)
    elif turn.state in ACTIVE_TURN_STATES:
        raise ConflictError("You have agreed already. Leave the stage instead.", code="illegal_turn", state=turn.state)
    return turn


def extend(actor: Actor, turn_id: str) -> StageTurn:
    """Ask for as much time again, once."""
    turn = _own(actor, turn_id)
    _ensure_still(turn, turns.settle(turn), TurnState.INVITED)
    if turn.expires_at is None or turn.is_extended:
        return turn
    turn.expires_at += turn.expires_at - turn.invited_at
    turn.is_extended = True
    turn.version += 1
    turns.tell(turn, StageTurnExtended)
    turns.watch_invitation(turn)
    return turn


def withdraw(actor: Actor, turn_id: str) -> StageTurn:
    """Take an invitation back, or put a failed one away; doing it late changes nothing."""
    policy.ensure_backstage(actor)
    turn = _any(actor, turn_id)
    turns.settle(turn)
    if turn.failure_code:
        turns.put_away(turn)
    elif turn.state == TurnState.ON_STAGE:
        raise ConflictError("This person is on stage already.", code="illegal_turn", state=turn.state)
    elif turn.state in ACTIVE_TURN_STATES:
        turns.close(turn, TurnState.WITHDRAWN)
        turns.tell(turn, StageTurnWithdrawn)
    return turn


def end(actor: Actor, turn_id: str) -> StageTurn:
    """Return the person to the audience: by a host, or by the person. What is over stays over."""
    turn = _any(actor, turn_id)
    policy.ensure_can_end_turn(actor, turn)
    turns.settle(turn)
    if turn.state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        turns.finish(turn, "stepped_down" if turn.participant_id == actor.participant_id else "returned")
    elif turn.state == TurnState.INVITED:
        return decline(actor, turn_id) if turn.participant_id == actor.participant_id else withdraw(actor, turn_id)
    return turn


def _any(actor: Actor, turn_id: str) -> StageTurn:
    queries.session_for_update(actor.session_id)
    return queries.turn(actor.session_id, turn_id)


def _own(actor: Actor, turn_id: str) -> StageTurn:
    turn = _any(actor, turn_id)
    policy.ensure_own_turn(actor, turn)
    return turn


def _ensure_still(turn: StageTurn, state: TurnState, wanted: TurnState) -> None:
    if state != wanted:
        raise ConflictError("This invitation does not stand any more.", code="illegal_turn", state=state)
