"""A question and the voice behind it: the asker's hand, their invitation, their way back from the stage."""

from __future__ import annotations

from sqlalchemy import select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import ConflictError, ForbiddenError
from plugin.qa import authorship
from plugin.qa.models import Question, QuestionState, Voice
from plugin.rooms import hands, stage
from plugin.rooms import queries as rooms
from plugin.rooms.models import Hand
from plugin.rooms.states import HandLowering, HandState, TurnState

#: Once it stands here, nobody waits to speak about it any more.
_DONE = frozenset({QuestionState.ANSWERED_LIVE, QuestionState.LATER, QuestionState.DECLINED, QuestionState.HIDDEN})


def raise_hand(asker: Actor, question: Question) -> None:
    """Put whoever wants to speak into the hand queue with their question, where the room takes hands from them.

    A hand that is up already keeps its place and its reason.
    """
    if question.voice is Voice.READ or question.state is not QuestionState.OPEN:
        return
    hand = rooms.raised_hand(asker.participant_id)
    if hand is not None and hand.question_id is not None:
        return
    try:
        hands.raise_hand(asker, reason=hand.reason if hand else None, question_id=question.id)
    except (ForbiddenError, ConflictError):
        return  # the room takes no hands from this person now; the question stands all the same


def follow(host: Actor, question: Question, from_state: QuestionState) -> None:
    """After a host's move: an approved voice joins the queue, a question put away takes hand and turn with it."""
    if from_state is QuestionState.PENDING and question.state is QuestionState.OPEN:
        asker = authorship.asker(question, host)
        if asker is not None:
            raise_hand(asker, question)
    elif question.state in _DONE or from_state is QuestionState.ON_STAGE:
        _lower_hand(question, HandLowering.HOST)
        return_asker(host, question)


def step_back(asker: Actor, question: Question) -> None:
    """After the asker took the question back: they neither wait to speak nor stay invited for it."""
    _lower_hand(question, HandLowering.SELF)
    turn = rooms.active_turn_for_question(question.session_id, question.id)
    if turn is not None:
        stage.end(asker, turn.id)


def return_asker(host: Actor, question: Question) -> None:
    """Take the invitation back, or return the asker to the audience; a producer may only do the first."""
    turn = rooms.active_turn_for_question(question.session_id, question.id)
    if turn is None:
        return
    if turn.state == TurnState.INVITED:
        stage.withdraw(host, turn.id)
    elif host.is_hosting:
        stage.end(host, turn.id)


def _lower_hand(question: Question, why: HandLowering) -> None:
    linked = select(Hand.id).where(
        Hand.session_id == question.session_id, Hand.question_id == question.id, Hand.state == HandState.RAISED
    )
    if session().scalar(linked) is None:
        return
    rooms.session_for_update(question.session_id)
    for hand in session().scalars(select(Hand).where(Hand.id.in_(linked)).execution_options(populate_existing=True)):
        hands.lower(hand, why)
