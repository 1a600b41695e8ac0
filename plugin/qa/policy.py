"""Who may do what with questions: features.md table 2.2, one function for each verb, each raises or returns."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.core.actor import Actor
from plugin.core.errors import ForbiddenError, NotFoundError
from plugin.qa import authorship, states
from plugin.qa.errors import (
    IllegalMoveError,
    NothingToUndoError,
    OwnQuestionError,
    SessionOverError,
    UndoTooLateError,
    VotingClosedError,
)
from plugin.qa.models import Question, QuestionMove, QuestionState
from plugin.rooms.models import RoomSession
from plugin.rooms.states import OPEN_SESSION_STATES

#: A tap in the last second may travel a moment longer.
UNDO_GRACE_SECONDS = 2


def can_see(actor: Actor, question: Question) -> bool:
    """Whether this person may know of the question: hosts all of them, others what is shown and their own."""
    if question.session_id != actor.session_id:
        return False
    return actor.is_backstage or question.state in states.SHOWN or authorship.is_author(actor, question)


def ensure_can_see(actor: Actor, question: Question | None) -> Question:
    """Return the question, or say that there is nothing here."""
    if question is None or not can_see(actor, question):
        raise NotFoundError("There is no such question here.")
    return question


def ensure_is_open(room_session: RoomSession) -> None:
    """Let questions and votes in only while people gather and speak."""
    if room_session.state not in OPEN_SESSION_STATES:
        raise SessionOverError()


def ensure_can_work_the_desk(actor: Actor) -> None:
    """Approve, decline, hide, queue, order, take on stage, answer, bring up: host, co-host and producer."""
    if not actor.is_backstage:
        raise ForbiddenError("Only the hosts of this room can do this.")


def ensure_can_change_settings(actor: Actor) -> None:
    """Moderation and vote counts: host and co-host."""
    if not actor.is_hosting:
        raise ForbiddenError("Only the host and the co-hosts can change how questions work here.")


def ensure_can_vote(actor: Actor, question: Question) -> None:
    """Vote for what others asked, until it is answered."""
    if authorship.is_author(actor, question):
        raise OwnQuestionError()
    if question.state not in states.VOTABLE:
        raise VotingClosedError(state=question.state)


def ensure_can_withdraw(actor: Actor, question: Question) -> None:
    """The asker may take a question back until it is on stage."""
    if not authorship.is_author(actor, question):
        raise ForbiddenError("Only whoever asked a question can take it back.")
    if question.state not in states.WITHDRAWABLE:
        raise IllegalMoveError(
            f"Q{question.number} can no longer be taken back: it {STANDS[question.state]}.", state=question.state
        )


def ensure_can_undo(actor: Actor, question: Question, move: QuestionMove | None, at: datetime) -> QuestionMove:
    """Return the move that this person may still take back."""
    if move is None or move.undo_until is None or move.undone_at is not None or not _is_by(actor, question, move):
        raise NothingToUndoError()
    if at > move.undo_until + timedelta(seconds=UNDO_GRACE_SECONDS):
        raise UndoTooLateError()
    return move


def _is_by(actor: Actor, question: Question, move: QuestionMove) -> bool:
    if move.is_by_author:
        return authorship.is_author(actor, question)
    return move.actor_id == actor.account_id and actor.is_backstage


#: How a state reads in a sentence after "it".
STANDS = {
    QuestionState.PENDING: "waits for a host",
    QuestionState.OPEN: "is open",
    QuestionState.QUEUED: "is in the run order",
    QuestionState.ON_STAGE: "is on stage now",
    QuestionState.ANSWERED_LIVE: "was answered",
    QuestionState.ANSWERED_TEXT: "was answered in writing",
    QuestionState.LATER: "was put off until later",
    QuestionState.RELEASED: "was let go",
    QuestionState.DECLINED: "was not taken this time",
    QuestionState.HIDDEN: "is hidden",
    QuestionState.MERGED: "was joined with another one",
    QuestionState.WITHDRAWN: "was taken back",
}
