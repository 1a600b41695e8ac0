"""What Q&A does when someone comes on stage, leaves it or signs in, and when the session ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.qa import claims, moves, queries, states
from plugin.qa.models import Question, QuestionState
from plugin.qa.moves import Mover
from plugin.rooms import queries as rooms
from plugin.rooms.domain_events import (
    GuestMerged,
    SessionEnded,
    StageTurnConfirmed,
    StageTurnEnded,
    TurnEvent,
)
from plugin.rooms.models import Participant
from plugin.rooms.states import TurnState

#: Why a turn ended when a host, having heard the asker out, sent them back.
RETURNED = "returned"


def put_on_stage(event: StageTurnConfirmed) -> None:
    """The audio server lets the asker speak: their question is the one being answered, unless another one is."""
    with unit_of_work():
        question = _held(event)
        if question is None or not states.is_legal(question.state, QuestionState.ON_STAGE):
            return
        turn = rooms.turn(event.session_id, event.turn_id)
        if turn.state != TurnState.ON_STAGE or queries.on_stage(event.session_id) is not None:
            return
        moves.move(question, QuestionState.ON_STAGE, "take_on_stage", _inviter(turn.invited_by_id))


def close_with_turn(event: StageTurnEnded) -> None:
    """A host sent the asker back: the question counts as answered. Whoever merely left, leaves it on stage."""
    if event.reason != RETURNED:
        return
    with unit_of_work():
        question = _held(event)
        if question is None or question.state is not QuestionState.ON_STAGE:
            return
        if rooms.active_turn_for_question(event.session_id, question.id) is not None:
            return
        moves.move(question, QuestionState.ANSWERED_LIVE, "answer", moves.NOBODY)


def close_with_session(event: SessionEnded) -> None:
    """What was on stage when the session ended was being answered until then."""
    with unit_of_work():
        queries.settings_for_update(event.session_id)
        question = queries.on_stage(event.session_id)
        if question is not None and rooms.session(event.session_id).ended_at is not None:
            moves.move(question, QuestionState.ANSWERED_LIVE, "answer", moves.NOBODY)


def claim(event: GuestMerged) -> None:
    """A guest signed in: their questions and votes are the account's now."""
    with unit_of_work():
        queries.settings_for_update(event.session_id)
        claims.claim(event.session_id, event.from_account_id, event.to_account_id)


def _held(event: TurnEvent) -> Question | None:
    if event.question_id is None:
        return None
    queries.settings_for_update(event.session_id)
    return queries.question_for_update(event.question_id)


def _inviter(participant_id: str) -> Mover:
    person = session().get_one(Participant, participant_id)
    return Mover(person.account_id, person.id, person.name, undo_seconds=moves.undo_seconds(person.account_id))


SUBSCRIPTIONS: Mapping[type[DomainEvent], Callable[[Any], None]] = {
    StageTurnConfirmed: put_on_stage,
    StageTurnEnded: close_with_turn,
    SessionEnded: close_with_session,
    GuestMerged: claim,
}
