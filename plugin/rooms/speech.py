"""The right to speak, asked of the audio server from the worker, never inside a transaction (rows A9 and A10)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from plugin.core.actor import HOSTING
from plugin.core.clock import isoformat, now
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.recorder import record, remind
from plugin.outbox.subscribers import RetryLaterError
from plugin.rooms import clocks, presence, queries, roles, turns
from plugin.rooms.domain_events import (
    ParticipantChanged,
    StageAbsenceDue,
    StageConfirmationDue,
    StageInvitationDue,
    StageTurnAccepted,
    StageTurnEnded,
    StageTurnFailed,
    StageTurnWithdrawn,
    TurnEvent,
)
from plugin.rooms.models import Participant, StageTurn
from plugin.rooms.places import Place, place_of
from plugin.rooms.ports import ActionError, Capability
from plugin.rooms.states import TurnState
from plugin.rooms.views import effective_state

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 1
#: A server that was away for longer than this is not told any more: the host sees who can speak, and decides.
GIVE_BACK_SECONDS = 120
BY_HAND = "This audio server lets only its own page do it: open the list of people there and let {name} speak."
BY_HAND_BACK = "This audio server lets only its own page do it: open the list of people there and mute {name}."
NOT_IN_AUDIO = "{name} follows along without being in the audio room. Ask {name} to join there first."


def let_speak(event: StageTurnAccepted) -> None:
    """Subscriber: ask the audio server to let the person be heard, and say what came of it."""
    with unit_of_work():
        turn, person = _load(event)
        if not _still_waits(turn, event.accepted_at):
            return
        place = place_of(person)
    try:
        is_confirmed = _promote(place)
    except ActionError as error:
        return _fail(event, "refused" if error.is_final else "no_answer", error.message)
    if is_confirmed:
        _confirm(event)
    else:
        _look_again(event)
    return None


def _promote(place: Place) -> bool:
    if place.platform_user_id is None:
        raise ActionError(NOT_IN_AUDIO.format(name=place.name), is_final=True)
    if Capability.PROMOTE not in place.platform.capabilities():
        if _can_speak_there(place):
            return True
        raise ActionError(BY_HAND.format(name=place.name), is_final=True)
    result = place.platform.promote(place.room, place.platform_user_id)
    return result.is_confirmed or bool(result.participant and result.participant.can_speak)


def _confirm(event: TurnEvent) -> None:
    with unit_of_work():
        turn, person = _load(event)
        remember_speech(person, can_speak=True)
        if turn.state == TurnState.ACCEPTED:
            turns.confirm(turn)
        is_over = turn.state in {TurnState.LEFT, TurnState.WITHDRAWN}
    if is_over:  # ended while the server was busy: the right it gave goes back
        _give_back(event)


def _fail(event: StageTurnAccepted, code: str, message: str) -> None:
    with unit_of_work():
        turn, _ = _load(event)
        if _still_waits(turn, event.accepted_at):
            turns.fail(turn, code, message)


def _look_again(event: StageTurnAccepted | StageConfirmationDue) -> None:
    timer = StageConfirmationDue(
        session_id=event.session_id,
        participant_id=event.participant_id,
        turn_id=event.turn_id,
        question_id=event.question_id,
        accepted_at=event.accepted_at,
    )
    with unit_of_work():
        remind(timer, due_at=now() + timedelta(seconds=LOOK_AGAIN_SECONDS))


def check_confirmation(event: StageConfirmationDue) -> None:
    """Subscriber: look into the audio server's list; after eight seconds say *failed*, before that look again."""
    with unit_of_work():
        turn, person = _load(event)
        if not _still_waits(turn, event.accepted_at) or turn.accepted_at is None:
            return
        is_over = now() >= turn.accepted_at + timedelta(seconds=turns.DEADLINE_SECONDS)
        place = place_of(person)
        if is_over:
            return turns.fail(turn, "no_answer")
    if _can_speak_there(place):
        _confirm(event)
    else:
        _look_again(event)
    return None


def _can_speak_there(place: Place) -> bool:
    try:
        if Capability.LIST_PARTICIPANTS not in place.platform.capabilities():
            return False
        people = place.platform.participants(place.room)
    except ActionError as error:
        log.warning("participants_not_listed", install_id=place.install_id, is_final=error.is_final)
        return False
    return any(bool(person.can_speak) for person in people if person.platform_user_id == place.platform_user_id)


def _still_waits(turn: StageTurn, accepted_at: str) -> bool:
    return effective_state(turn) == TurnState.ACCEPTED and isoformat(turn.accepted_at) == accepted_at


def check_invitation(event: StageInvitationDue) -> None:
    """Subscriber: an invitation that nobody answered runs out."""
    with unit_of_work():
        turn, _ = _load(event)
        turns.settle(turn)


def check_absence(event: StageAbsenceDue) -> None:
    """Subscriber: who left the stage for a minute has left it."""
    with unit_of_work():
        turn, person = _load(event)
        if turn.state == TurnState.ON_STAGE and presence.is_still_absent(person, event.left_at):
            turns.finish(turn, "absent")


def take_back(event: StageTurnEnded) -> None:
    """Subscriber: the turn is over, so the right to speak goes back to the audio server."""
    if event.reason == "session_ended":
        _give_back_after_the_end(event)
    elif event.reason != "platform":
        _give_back(event)


def _give_back_after_the_end(event: TurnEvent) -> None:
    """Where the host ended the session the audio may go on: ask once; there is no desk left to tell of a failure."""
    with unit_of_work():
        _, person = _load(event)
        if not queries.session(event.session_id).is_ended_by_host or person.role in HOSTING:
            return
        place = place_of(person)
    try:
        demote(place)
    except ActionError as error:
        log.warning("speech_not_given_back", install_id=place.install_id, is_final=error.is_final)


def take_back_withdrawn(event: StageTurnWithdrawn) -> None:
    """Subscriber: an invitation was withdrawn after the person had agreed; the audio server may have acted."""
    with unit_of_work():
        turn, _ = _load(event)
        had_agreed = turn.accepted_at is not None and turn.state == TurnState.WITHDRAWN and turn.failure_code is None
    if had_agreed:
        _give_back(event)


def _give_back(event: TurnEvent) -> None:
    with unit_of_work():
        turn, person = _load(event)
        if not _must_give_back(turn, person):
            return
        place = place_of(person)
    try:
        demote(place)
    except ActionError as error:
        _show_not_given_back(event, error.message)
        if not error.is_final:
            raise RetryLaterError(error.message) from error
        return
    with unit_of_work():
        turn, person = _load(event)
        remember_speech(person, can_speak=False)
        if turn.failure_code == "still_speaking":
            turn.failure_code = turn.failure_message = None
            turn.version += 1
            record(turns.event_of(turn, StageTurnWithdrawn))


def _must_give_back(turn: StageTurn, person: Participant) -> bool:
    if person.role in HOSTING or not person.is_present or queries.active_turn(person.id) is not None:
        return False
    return turn.ended_at is None or now() - turn.ended_at < timedelta(seconds=GIVE_BACK_SECONDS)


def demote(place: Place) -> None:
    """Ask the audio server to take the right to speak back."""
    if place.platform_user_id is None:
        return
    if Capability.DEMOTE not in place.platform.capabilities():
        raise ActionError(BY_HAND_BACK.format(name=place.name), is_final=True)
    place.platform.demote(place.room, place.platform_user_id)


def _show_not_given_back(event: TurnEvent, message: str) -> None:
    with unit_of_work():
        turn, _ = _load(event)
        if turn.failure_code is None:
            turn.failure_code, turn.failure_message = "still_speaking", message[:300]
            turn.version += 1
            record(turns.event_of(turn, StageTurnFailed, code="still_speaking"))


def remember_speech(person: Participant, *, can_speak: bool) -> None:
    """Note what the audio server's own answer showed, at this instant."""
    clocks.advance(person, "speak", clocks.stamp_after(person, "speak", now(), is_closing=not can_speak))
    if person.can_speak == can_speak:
        return
    person.can_speak = can_speak
    roles.follow_speech(person)
    record(ParticipantChanged(session_id=person.session_id, participant_id=person.id))


def _load(event: TurnEvent) -> tuple[StageTurn, Participant]:
    queries.session_for_update(event.session_id)
    turn = queries.turn(event.session_id, event.turn_id)
    return turn, queries.participant_by_id(event.session_id, event.participant_id)
