"""What can go wrong with a question, each with its code and a sentence for people."""

from __future__ import annotations

from plugin.core.errors import ConflictError, ForbiddenError


class IllegalMoveError(ConflictError):
    """The question is in a state from which this way does not lead."""

    code = "illegal_move"


class StaleQuestionError(ConflictError):
    """Somebody else changed the question since the caller looked."""

    code = "stale_question"


class StageTakenError(ConflictError):
    """Another question is being answered."""

    code = "stage_taken"


class AskerAbsentError(ConflictError):
    """The asker is not in the room."""

    code = "asker_absent"
    message = "The asker is not in the room right now. Read the question out, or put it off."


class NotQueuedError(ConflictError):
    """The question is not in the run order."""

    code = "not_queued"
    message = "This question is not in the run order any more."


class QueueEmptyError(ConflictError):
    """There is no next question."""

    code = "queue_empty"
    message = "Nothing is queued. Add a question to the run order first."


class NothingToUndoError(ConflictError):
    """The last change was not yours, or cannot be taken back."""

    code = "nothing_to_undo"
    message = "There is nothing of yours to undo here."


class UndoTooLateError(ConflictError):
    """The time to undo is over."""

    code = "undo_too_late"
    message = "The time to undo this is over. Move the question again instead."


class VotingClosedError(ConflictError):
    """The question takes no votes in this state."""

    code = "voting_closed"
    message = "This question takes no votes now."


class OwnQuestionError(ForbiddenError):
    """Nobody votes for their own question."""

    code = "own_question"
    message = "This is your own question, so your vote is not counted for it."


class SessionOverError(ConflictError):
    """The session has ended."""

    code = "session_over"
    message = "This session has ended, so nothing more can be asked or voted on."


class SessionFullError(ConflictError):
    """The session has as many open questions as it can hold."""

    code = "session_full"
