"""One turn on stage, step by step: each step changes the row and says so; `rooms.stage` decides who may take it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from plugin.core.clock import isoformat, now
from plugin.core.database import session as db_session
from plugin.outbox.recorder import record, remind
from plugin.rooms import hands, presence, queries
from plugin.rooms.domain_events import (
    ParticipantChanged,
    StageConfirmationDue,
    StageInvitationDue,
    StageTurnAccepted,
    StageTurnAudible,
    StageTurnConfirmed,
    StageTurnEnded,
    StageTurnExpired,
    StageTurnFailed,
    StageTurnWithdrawn,
    TurnEvent,
)
from plugin.rooms.models import Participant, RoomSession, StageTurn
from plugin.rooms.states import ACTIVE_TURN_STATES, HandLowering, TurnState
from plugin.rooms.views import NO_ANSWER, effective_state

#: The audio server gets this long; the timer's second of play keeps *failed* within ten seconds of the answer.
DEADLINE_SECONDS = 8


def begin_asking(turn: StageTurn) -> None:
    """The person agreed: the audio server is asked from here on."""
    turn.state, turn.accepted_at = TurnState.ACCEPTED, now()
    turn.version += 1
    accepted_at = isoformat(turn.accepted_at) or ""
    tell(turn, StageTurnAccepted, accepted_at=accepted_at)
    due_at = turn.accepted_at + timedelta(seconds=DEADLINE_SECONDS)
    remind(event_of(turn, StageConfirmationDue, accepted_at=accepted_at), due_at=due_at)


def finish(turn: StageTurn, reason: str) -> None:
    """Close a running turn; the audio server is told afterwards, in the worker."""
    close(turn, TurnState.LEFT)
    turn.end_reason = reason
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    hands.lower_of(person, HandLowering.TURN_ENDED)
    tell(turn, StageTurnEnded, reason=reason)


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
            close(turn, TurnState.WITHDRAWN)
            tell(turn, StageTurnWithdrawn)
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
    close(turn, TurnState.EXPIRED)
    tell(turn, StageTurnExpired)


def fail(turn: StageTurn, code: str, message: str | None = None) -> None:
    """It did not work; the sentence is for the desk."""
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    turn.failure_code = code
    turn.failure_message = (message or NO_ANSWER.format(name=person.name))[:300]
    close(turn, TurnState.FAILED)
    tell(turn, StageTurnFailed, code=code)


def confirm(turn: StageTurn) -> None:
    """The audio server showed the right to speak: on stage, if the answer came in time."""
    if settle(turn) != TurnState.ACCEPTED:
        return
    turn.state, turn.on_stage_at = TurnState.ON_STAGE, now()
    turn.version += 1
    tell(turn, StageTurnConfirmed)
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    if presence.listen_quietly(queries.session(turn.session_id), person, False):  # nobody speaks unlisted
        record(ParticipantChanged(session_id=person.session_id, participant_id=person.id))
    if person.is_audible:
        hear(turn, person)


def hear(turn: StageTurn, person: Participant) -> None:
    """The first open microphone of this turn."""
    if turn.audible_at is not None:
        return
    turn.audible_at = now()
    turn.version += 1
    person.turns_count += 1
    tell(turn, StageTurnAudible)


def follow_platform(person: Participant, *, has_come_back: bool = False) -> None:
    """Bring the person's turn in line with what the audio server just said about speech and microphone.

    Who reloads the page joins anew with the rights of their first token: the server is asked again. Any other loss of
    the right to speak is the server's decision, and ends the turn.
    """
    turn = queries.active_turn(person.id)
    if turn is None:
        return
    if turn.state == TurnState.ACCEPTED and person.can_speak:
        confirm(turn)
    elif turn.state == TurnState.ON_STAGE and not person.can_speak and has_come_back:
        begin_asking(turn)
    elif turn.state == TurnState.ON_STAGE and not person.can_speak:
        finish(turn, "platform")
    elif turn.state == TurnState.ON_STAGE and person.is_audible:
        hear(turn, person)


def put_away(turn: StageTurn) -> None:
    """A failure that somebody has dealt with."""
    turn.failure_code = turn.failure_message = None
    close(turn, TurnState.WITHDRAWN if turn.state == TurnState.FAILED else TurnState(turn.state))
    tell(turn, StageTurnWithdrawn)


def watch_invitation(turn: StageTurn) -> None:
    """Look again when the time to answer is over."""
    if turn.expires_at:
        remind(event_of(turn, StageInvitationDue), due_at=turn.expires_at)


def close(turn: StageTurn, state: TurnState) -> None:
    """Write down where the turn stands at its end."""
    turn.state, turn.ended_at = state, now()
    turn.version += 1


def tell(turn: StageTurn, kind: type[TurnEvent], **more: str) -> None:
    """Announce it."""
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
