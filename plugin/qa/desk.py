"""What hosts do with questions: move, order, take on stage, bring the asker up, close, undo."""

from __future__ import annotations

from plugin.core.actor import Actor
from plugin.core.clock import isoformat, now
from plugin.core.errors import InvalidError
from plugin.qa import authorship, moves, policy, queries, ranks, states, views, voices, votes
from plugin.qa.domain_events import QuestionMoved, QuestionRanked, QuestionUndone
from plugin.qa.errors import (
    AskerAbsentError,
    IllegalMoveError,
    NotQueuedError,
    QueueEmptyError,
    StageTakenError,
    StaleQuestionError,
)
from plugin.qa.models import Question, QuestionMove, QuestionState
from plugin.rooms import queries as rooms
from plugin.rooms import stage
from plugin.rooms.models import StageTurn


def move(
    actor: Actor, question_id: str, *, to: QuestionState, version: int | None = None, close_current: bool = False
) -> Question:
    """Take a question along a legal way; ``version`` is what the host saw, ``close_current`` frees the stage for it."""
    question = _at_the_desk(actor, question_id, version)
    verb = _verb(question, to)
    if to is QuestionState.ON_STAGE:
        policy.ensure_is_open(rooms.session(actor.session_id))
        _free_the_stage(actor, question, close_current)
    from_state = question.state
    moves.move(question, to, verb, moves.host(actor))
    voices.follow(actor, question, from_state)
    return question


def take_next(actor: Actor, *, close_current: bool = False) -> Question:
    """Take the first of the run order on stage."""
    policy.ensure_can_work_the_desk(actor)
    queries.settings_for_update(actor.session_id)
    queued = queries.queue(actor.session_id)
    if not queued:
        raise QueueEmptyError()
    return move(actor, queued[0].id, to=QuestionState.ON_STAGE, close_current=close_current)


def answered(actor: Actor, question_id: str, *, version: int | None = None, keep_on_stage: bool = False) -> Question:
    """Close the question as answered, and return the asker to the audience unless the host keeps them."""
    question = _at_the_desk(actor, question_id, version)
    _close(actor, question, keep_on_stage=keep_on_stage)
    return question


def rank(actor: Actor, question_id: str, *, after_id: str | None) -> Question:
    """Put a queued question right after another one, or first. Two hosts who order at once both get their way."""
    question = _at_the_desk(actor, question_id, None)
    if question.state is not QuestionState.QUEUED:
        raise NotQueuedError(state=question.state.value)
    if after_id == question_id:
        raise InvalidError(
            "A question cannot come after itself.", fields={"after_id": ["This is the question itself."]}
        )
    place = _rank_of(actor, after_id) if after_id else None
    moves.change(question, "rank", moves.host(actor), rank=ranks.after(queries.taken_ranks(question), place))
    moves.announce(question, QuestionRanked)
    return question


def bring_up(
    actor: Actor, question_id: str, *, version: int | None = None, close_current: bool = False
) -> tuple[Question, StageTurn]:
    """Invite the asker onto the stage with this question; it goes on stage when the audio server lets them speak."""
    question = _at_the_desk(actor, question_id, version)
    _verb(question, QuestionState.ON_STAGE)
    policy.ensure_is_open(rooms.session(actor.session_id))
    asker = authorship.author_of(question)
    if asker.participant_id is None or not asker.is_present:
        raise AskerAbsentError(
            f"{question.author_name} is not in the room right now. Read the question out, or put it off until later."
        )
    _free_the_stage(actor, question, close_current)
    standing = rooms.active_turn_for_question(actor.session_id, question.id)
    turn = stage.invite(actor, asker.participant_id, question_id=question.id)
    if standing is not None and turn.id == standing.id:
        return question, turn
    state = question.state
    moves.change(question, "bring_up", moves.without_undo(actor))
    moves.announce(question, QuestionMoved, verb="bring_up", from_state=state.value, to_state=state.value)
    return question, turn


def undo(actor: Actor, question_id: str) -> Question:
    """Take my last change of this question back: state, place and votes are as before, the version is new."""
    policy.ensure_can_see(actor, queries.question(question_id))
    queries.settings_for_update(actor.session_id)
    question = policy.ensure_can_see(actor, queries.question_for_update(question_id))
    undone = policy.ensure_can_undo(actor, question, queries.last_move(question), now())
    from_state = question.state
    if undone.from_state is QuestionState.ON_STAGE:
        _ensure_stage_is_free(question)
    moves.restore(question, undone, _undoer(actor, undone))
    if from_state is QuestionState.WITHDRAWN:
        votes.recount(question)
    moves.announce(question, QuestionUndone, from_state=from_state.value, to_state=question.state.value)
    if from_state is QuestionState.ON_STAGE:
        voices.return_asker(actor, question)
    return question


def _undoer(actor: Actor, undone: QuestionMove) -> moves.Mover:
    return moves.author(actor) if undone.is_by_author else moves.host(actor)


def _at_the_desk(actor: Actor, question_id: str, version: int | None) -> Question:
    """Return the question for a host's act: hosts only, one at a time, and only on what the host has seen."""
    policy.ensure_can_see(actor, queries.question(question_id))
    policy.ensure_can_work_the_desk(actor)
    queries.settings_for_update(actor.session_id)
    question = policy.ensure_can_see(actor, queries.question_for_update(question_id))
    if version is not None and version != question.version:
        raise _stale(question)
    return question


def _stale(question: Question) -> StaleQuestionError:
    who = question.changed_by_name or "The asker"
    return StaleQuestionError(
        f"{who} was faster: Q{question.number} {policy.STANDS[question.state]}. Look again, then decide.",
        question=views.backstage(question, authorship.author_of(question)),
        changed_by=question.changed_by_name,
        change=question.changed_verb,
        changed_at=isoformat(question.changed_at),
    )


def _verb(question: Question, to: QuestionState) -> str:
    verb = states.verb_of(question.state, to)
    if verb is None:
        raise IllegalMoveError(
            f"Q{question.number} {policy.STANDS[question.state]}, so this cannot be done with it.",
            state=question.state.value,
        )
    return verb


def _rank_of(actor: Actor, question_id: str) -> str:
    question = policy.ensure_can_see(actor, queries.question(question_id))
    if question.rank is None:
        raise NotQueuedError("The question before it is not in the run order any more.", state=question.state.value)
    return question.rank


def _free_the_stage(actor: Actor, question: Question, close_current: bool) -> None:
    current = queries.on_stage(actor.session_id)
    if current is None or current.id == question.id:
        return
    if not close_current:
        raise _taken(current)
    _close(actor, current, keep_on_stage=False)


def _ensure_stage_is_free(question: Question) -> None:
    current = queries.on_stage(question.session_id)
    if current is not None and current.id != question.id:
        raise _taken(current)


def _taken(current: Question) -> StageTakenError:
    return StageTakenError(
        f"Q{current.number} is on stage now. Close it first, or close it along with this.",
        question=views.backstage(current, authorship.author_of(current)),
    )


def _close(actor: Actor, question: Question, *, keep_on_stage: bool) -> None:
    verb = _verb(question, QuestionState.ANSWERED_LIVE)
    moves.move(question, QuestionState.ANSWERED_LIVE, verb, moves.host(actor))
    if not keep_on_stage:
        voices.follow(actor, question, QuestionState.ON_STAGE)
