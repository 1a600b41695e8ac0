"""Votes: one row for each person and question, kept single by the database, counted on the question itself."""

from __future__ import annotations

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.qa import authorship, states
from plugin.qa.errors import VotingClosedError
from plugin.qa.models import Question, Upvote


def add(actor: Actor, question: Question) -> bool:
    """Keep the actor's vote; return whether the count changed. A second vote finds the first and changes nothing."""
    counts = not actor.is_hosting
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "question_id": question.id,
        **authorship.ballot(actor),
        "is_guest": actor.is_guest,
        "counts": counts,
        "voted_at": now(),
    }
    added = session().scalar(insert(Upvote).values(row).on_conflict_do_nothing().returning(Upvote.question_id))
    if added is None or not counts:
        return False
    _count(question, 1, guests=int(actor.is_guest))
    return True


def remove(actor: Actor, question: Question) -> bool:
    """Drop the actor's vote; return whether the count changed."""
    own = Upvote.question_id == question.id, authorship.voted_by(actor)
    gone = session().execute(delete(Upvote).where(*own).returning(Upvote.counts, Upvote.is_guest)).one_or_none()
    if gone is None or not gone.counts:
        return False
    _count(question, -1, guests=-int(gone.is_guest))
    return True


def clear(question: Question) -> None:
    """Count no votes any more; the rows go when the withdrawal can no longer be undone (`sweeps`)."""
    question.votes_count = question.guest_votes_count = 0


def recount(question: Question) -> None:
    """Count what is kept."""
    of_guests = func.coalesce(func.sum(case((Upvote.is_guest, 1), else_=0)), 0)
    kept = select(func.count(), of_guests).where(Upvote.question_id == question.id, Upvote.counts)
    question.votes_count, question.guest_votes_count = map(int, session().execute(kept).one())


def _count(question: Question, votes: int, *, guests: int) -> None:
    # The row counts by itself, so a hundred voters at once need not wait to read each other's figures; one who comes
    # after the answer finds no row to count on.
    counted = session().scalar(
        update(Question)
        .where(Question.id == question.id, Question.state.in_(states.VOTABLE))
        .values(votes_count=Question.votes_count + votes, guest_votes_count=Question.guest_votes_count + guests)
        .returning(Question)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if counted is None:
        raise VotingClosedError()
