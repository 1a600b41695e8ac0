"""The stage: a host invites, the person agrees, the audio server confirms, the person returns (row N1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.accounts import queries as accounts
from plugin.accounts import service as accounts_service
from plugin.core.actor import Actor, Role
from plugin.core.clock import isoformat, now
from plugin.core.database import session as db_session
from plugin.core.errors import ConflictError
from plugin.outbox.recorder import record, remind
from plugin.rooms import hands, policy, queries
from plugin.rooms.domain_events import (
    StageConfirmationDue,
    StageInvitationDue,
    StageTurnAccepted,
    StageTurnAudible,
    StageTurnConfirmed,
    StageTurnDeclined,
    StageTurnEnded,
    StageTurnExpired,
    StageTurnExtended,
    StageTurnFailed,
    StageTurnInvited,
    StageTurnWithdrawn,
    TurnEvent,
)
from plugin.rooms.models import Participant, RoomSession, StageTurn
from plugin.rooms.states import ACTIVE_TURN_STATES, HandLowering, TurnState
from plugin.rooms.views import NO_ANSWER, effective_state

#: The audio server gets this long; the timer's second of play keeps *failed* within ten seconds of the answer.
DEADLINE_SECONDS = 8


def invite(
    actor: Actor, participant_id: str, *, question_id: str | None = None, hand_id: str | None = None
) -> StageTurn:
    """Ask a person onto the stage; a second invitation while one is open returns the open one."""
    policy.ensure_backstage(actor)
    session = queries.session_for_update(actor.session_id)
    policy.ensure_is_open(session)
    person = queries.participant_by_id(session.id, participant_id)
    hand = queries.hand(session.id, hand_id) if hand_id else queries.raised_hand(person.id)
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
    _tell(turn, StageTurnInvited)
    _watch_invitation(turn)
    return turn


def _open_turn(person: Participant, question_id: str | None) -> StageTurn | None:
    turn = queries.active_turn(person.id)
    if turn is None or settle(turn) not in ACTIVE_TURN_STATES:
        return None
    if question_id and turn.question_id and turn.question_id != question_id:
        raise ConflictError(f"{person.name} is invited for another question already.", code="already_invited")
    if question_id and turn.question_id is None:
        turn.question_id = question_id
        turn.version += 1
        _tell(turn, StageTurnConfirmed if turn.state == TurnState.ON_STAGE else StageTurnInvited)
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
        _put_away(turn)


def _put_away(turn: StageTurn) -> None:
    turn.failure_code = turn.failure_message = None
    _close(turn, TurnState.WITHDRAWN if turn.state == TurnState.FAILED else TurnState(turn.state))
    _tell(turn, StageTurnWithdrawn)


def _expiry(turn: StageTurn, session: RoomSession, person: Participant) -> datetime | None:
    limits = accounts.account(person.account_id).time_limits
    wait = accounts_service.time_to_answer(limits, session.invite_seconds)
    return turn.invited_at + wait if wait else None


def _watch_invitation(turn: StageTurn) -> None:
    if turn.expires_at:
        remind(event_of(turn, StageInvitationDue), due_at=turn.expires_at)


def accept(actor: Actor, turn_id: str) -> StageTurn:
    """Agree; from here the audio server has ten seconds. Agreeing twice is agreeing once."""
    turn = _own(actor, turn_id)
    state = settle(turn)
    if state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        return turn
    _ensure_still(turn, state, TurnState.INVITED)
    policy.ensure_is_open(queries.session(turn.session_id))
    _begin_asking(turn)
    return turn


def retry(actor: Actor, turn_id: str) -> StageTurn:
    """Ask the audio server again after a failure; the person agreed already."""
    policy.ensure_backstage(actor)
    turn = _any(actor, turn_id)
    state = settle(turn)
    if state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        return turn
    _ensure_still(turn, state, TurnState.FAILED)
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    policy.ensure_is_open(queries.session(turn.session_id))
    _ensure_can_be_invited(person)
    if queries.active_turn(person.id):
        raise ConflictError(f"{person.name} has a newer invitation.", code="already_invited")
    turn.failure_code = turn.failure_message = turn.ended_at = None
    _begin_asking(turn)
    return turn


def _begin_asking(turn: StageTurn) -> None:
    turn.state, turn.accepted_at = TurnState.ACCEPTED, now()
    turn.version += 1
    accepted_at = isoformat(turn.accepted_at) or ""
    _tell(turn, StageTurnAccepted, accepted_at=accepted_at)
    due_at = turn.accepted_at + timedelta(seconds=DEADLINE_SECONDS)
    remind(event_of(turn, StageConfirmationDue, accepted_at=accepted_at), due_at=due_at)


def decline(actor: Actor, turn_id: str) -> StageTurn:
    """Say *not now*; saying it late, or twice, changes nothing."""
    turn = _own(actor, turn_id)
    if settle(turn) == TurnState.INVITED:
        _close(turn, TurnState.DECLINED)
        _tell(turn, StageTurnDeclined)
    elif turn.state in ACTIVE_TURN_STATES:
        raise ConflictError("You have agreed already. Leave the stage instead.", code="illegal_turn", state=turn.state)
    return turn


def extend(actor: Actor, turn_id: str) -> StageTurn:
    """Ask for as much time again, once."""
    turn = _own(actor, turn_id)
    _ensure_still(turn, settle(turn), TurnState.INVITED)
    if turn.expires_at is None or turn.is_extended:
        return turn
    turn.expires_at += turn.expires_at - turn.invited_at
    turn.is_extended = True
    turn.version += 1
    _tell(turn, StageTurnExtended)
    _watch_invitation(turn)
    return turn


def withdraw(actor: Actor, turn_id: str) -> StageTurn:
    """Take an invitation back, or put a failed one away; doing it late changes nothing."""
    policy.ensure_backstage(actor)
    turn = _any(actor, turn_id)
    settle(turn)
    if turn.failure_code:
        _put_away(turn)
    elif turn.state == TurnState.ON_STAGE:
        raise ConflictError("This person is on stage already.", code="illegal_turn", state=turn.state)
    elif turn.state in ACTIVE_TURN_STATES:
        _close(turn, TurnState.WITHDRAWN)
        _tell(turn, StageTurnWithdrawn)
    return turn


def end(actor: Actor, turn_id: str) -> StageTurn:
    """Return the person to the audience: by a host, or by the person. What is over stays over."""
    turn = _any(actor, turn_id)
    policy.ensure_can_end_turn(actor, turn)
    settle(turn)
    if turn.state in {TurnState.ACCEPTED, TurnState.ON_STAGE}:
        finish(turn, "stepped_down" if turn.participant_id == actor.participant_id else "returned")
    elif turn.state == TurnState.INVITED:
        return decline(actor, turn_id) if turn.participant_id == actor.participant_id else withdraw(actor, turn_id)
    return turn


def finish(turn: StageTurn, reason: str) -> None:
    """Close a running turn; the audio server is told afterwards, in the worker."""
    _close(turn, TurnState.LEFT)
    turn.end_reason = reason
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    hands.lower_of(person, HandLowering.TURN_ENDED)
    _tell(turn, StageTurnEnded, reason=reason)


def leave(person: Participant, reason: str) -> None:
    """Close whatever turn the person has, because they are no longer in the room."""
    turn = queries.active_turn(person.id)
    if turn is not None and settle(turn) in ACTIVE_TURN_STATES:
        finish(turn, reason)


def end_all(session: RoomSession) -> None:
    """The session is over: running turns end, open invitations go."""
    active = select(StageTurn).where(StageTurn.session_id == session.id, StageTurn.state.in_(ACTIVE_TURN_STATES))
    for turn in db_session().scalars(active).all():
        if turn.state == TurnState.INVITED:
            _close(turn, TurnState.WITHDRAWN)
            _tell(turn, StageTurnWithdrawn)
        else:
            finish(turn, "session_ended")


def settle(turn: StageTurn) -> TurnState:
    """Write down what time has decided already (expired, failed) and return where the turn stands."""
    state = effective_state(turn)
    if state == turn.state:
        return state
    if state == TurnState.EXPIRED:
        expire(turn)
    else:
        fail(turn, "no_answer")
    return state


def expire(turn: StageTurn) -> None:
    """Nobody answered: told to the hosts as a neutral note."""
    _close(turn, TurnState.EXPIRED)
    _tell(turn, StageTurnExpired)


def fail(turn: StageTurn, code: str, message: str | None = None) -> None:
    """It did not work; the sentence is for the desk."""
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    turn.failure_code = code
    turn.failure_message = (message or NO_ANSWER.format(name=person.name))[:300]
    _close(turn, TurnState.FAILED)
    _tell(turn, StageTurnFailed, code=code)


def confirm(turn: StageTurn) -> None:
    """The audio server showed the right to speak: on stage, if the answer came in time."""
    if settle(turn) != TurnState.ACCEPTED:
        return
    turn.state, turn.on_stage_at = TurnState.ON_STAGE, now()
    turn.version += 1
    _tell(turn, StageTurnConfirmed)
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    if person.is_audible:
        hear(turn, person)


def hear(turn: StageTurn, person: Participant) -> None:
    """The first open microphone of this turn."""
    if turn.audible_at is not None:
        return
    turn.audible_at = now()
    turn.version += 1
    person.turns_count += 1
    _tell(turn, StageTurnAudible)


def follow_platform(person: Participant) -> None:
    """Bring the person's turn in line with what the audio server just said about speech and microphone."""
    turn = queries.active_turn(person.id)
    if turn is None:
        return
    if turn.state == TurnState.ACCEPTED and person.can_speak:
        confirm(turn)
    elif turn.state == TurnState.ON_STAGE and not person.can_speak:
        finish(turn, "platform")
    elif turn.state == TurnState.ON_STAGE and person.is_audible:
        hear(turn, person)


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


def _close(turn: StageTurn, state: TurnState) -> None:
    turn.state, turn.ended_at = state, now()
    turn.version += 1


def _tell(turn: StageTurn, kind: type[TurnEvent], **more: str) -> None:
    record(event_of(turn, kind, **more))


def event_of(turn: StageTurn, kind: type[TurnEvent], **more: str) -> TurnEvent:
    """Return a domain event about this turn."""
    return kind(
        session_id=turn.session_id,
        participant_id=turn.participant_id,
        turn_id=turn.id,
        question_id=turn.question_id,
        **more,  # the members that this kind adds
    )
