"""Questions found, and locked where they are about to change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.qa import authorship, states
from plugin.qa.models import Moderation, Question, QuestionMove, QuestionSettings, QuestionState, Upvote, VoteCounts


def question(question_id: str) -> Question | None:
    """Return the question, if there is one."""
    return session().get(Question, question_id)


def question_for_update(question_id: str) -> Question | None:
    """Return the question as it is now, held until the end of the transaction."""
    return session().get(Question, question_id, with_for_update=True, populate_existing=True)


def questions_for_update(session_id: str, ids: Iterable[str]) -> Sequence[Question]:
    """Return those of the questions that are in this session, held until the end of the transaction."""
    held = select(Question).where(Question.session_id == session_id, Question.id.in_(list(ids)))
    held = held.order_by(Question.number).with_for_update().execution_options(populate_existing=True)
    return session().scalars(held).all()


def question_by_number(session_id: str, number: int) -> Question | None:
    """Return what people mean by "question seventeen"."""
    return session().scalar(select(Question).where(Question.session_id == session_id, Question.number == number))


def question_by_client_key(session_id: str, client_key: str) -> Question | None:
    """Return what this client has asked before under the same id."""
    found = select(Question).where(Question.session_id == session_id, Question.client_key == client_key)
    return session().scalar(found)


def settings(session_id: str) -> QuestionSettings:
    """Return how the session wants its Q&A; what nobody has touched yet is the default."""
    found = session().get(QuestionSettings, session_id)
    return found or QuestionSettings(session_id=session_id, **_DEFAULTS)


def settings_for_update(session_id: str) -> QuestionSettings:
    """Return the session's settings, held until the end of the transaction: hosts' acts and new questions wait here."""
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"session_id": session_id, **_DEFAULTS}
    session().execute(insert(QuestionSettings).values(row).on_conflict_do_nothing())
    return session().get_one(QuestionSettings, session_id, with_for_update=True, populate_existing=True)


_DEFAULTS = {"moderation": Moderation.OFF, "vote_counts": VoteCounts.ALWAYS, "last_number": 0, "version": 1}


def waiting_count(session_id: str) -> int:
    """Return how many questions of the session wait for an answer."""
    waiting = Question.session_id == session_id, Question.state.in_(states.WAITING)
    return session().scalar(select(func.count()).select_from(Question).where(*waiting)) or 0


def on_stage(session_id: str) -> Question | None:
    """Return the question that is being answered, held until the end of the transaction."""
    found = select(Question).where(Question.session_id == session_id, Question.state == QuestionState.ON_STAGE)
    return session().scalar(found.with_for_update())


def queue(session_id: str) -> Sequence[Question]:
    """Return the run order."""
    queued = Question.session_id == session_id, Question.state == QuestionState.QUEUED
    return session().scalars(select(Question).where(*queued).order_by(Question.rank, Question.number)).all()


def taken_ranks(placed: Question) -> list[str]:
    """Return the keys of the other questions in the run order, sorted."""
    queued = Question.session_id == placed.session_id, Question.state == QuestionState.QUEUED, Question.id != placed.id
    return sorted(rank for rank in session().scalars(select(Question.rank).where(*queued)) if rank is not None)


def remembered(session_id: str) -> Sequence[Question]:
    """Return all that hosts see, oldest first."""
    return session().scalars(_remembered(session_id).order_by(Question.number)).all()


def _remembered(session_id: str) -> Select[Question]:
    forgotten = (Question.state == QuestionState.WITHDRAWN) & (Question.text == "")
    return select(Question).where(Question.session_id == session_id, ~forgotten)


def visible(actor: Actor) -> Select[Question]:
    """Return the query for what this person may see: what is shown, one's own, and for hosts everything."""
    seen = _remembered(actor.session_id)
    if actor.is_backstage:
        return seen
    return seen.where(Question.state.in_(states.SHOWN) | authorship.asked_by(actor))


def shown(session_id: str) -> Sequence[Question]:
    """Return what the audience sees, oldest first."""
    seen = Question.session_id == session_id, Question.state.in_(states.SHOWN)
    return session().scalars(select(Question).where(*seen).order_by(Question.number)).all()


def voted_ids(actor: Actor) -> list[str]:
    """Return which questions of the session this person has voted for."""
    return voted_ids_where(actor.session_id, authorship.voted_by(actor))


def voted_ids_where(session_id: str, whose: ColumnElement[bool]) -> list[str]:
    """Return which questions of the session have such a vote."""
    voted = select(Upvote.question_id).join(Question, Question.id == Upvote.question_id)
    return sorted(set(session().scalars(voted.where(Question.session_id == session_id, whose))))


def has_been_shown(actor: Actor) -> bool:
    """Whether anything this person asked has ever been shown to an audience."""
    welcome = states.SHOWN | {QuestionState.RELEASED, QuestionState.MERGED}
    earlier = exists().where(authorship.asked_anywhere_by(actor), Question.state.in_(welcome))
    return bool(session().scalar(select(earlier)))


def has_asked(actor: Actor) -> bool:
    """Whether this person has ever asked anything here."""
    return bool(session().scalar(select(exists().where(authorship.asked_anywhere_by(actor)))))


def last_move(changed: Question) -> QuestionMove | None:
    """Return the move that made the question what it is now."""
    made = QuestionMove.question_id == changed.id, QuestionMove.version_after == changed.version
    return session().scalar(select(QuestionMove).where(*made))
