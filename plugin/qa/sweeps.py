"""What is put away after a while: the votes and the text of questions that were taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, select, update

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import authorship, moves, policy
from plugin.qa.domain_events import QuestionForgotten
from plugin.qa.models import Question, QuestionMove, QuestionState, Upvote
from plugin.realtime import channel_log, channels

#: How long hosts still see what was taken back.
FORGET_SECONDS = 10 * 60
BATCH = 100


def forget_withdrawn() -> int:
    """Remove the text of questions that were taken back ten minutes ago, for good; return how many."""
    with unit_of_work():
        due = now() - timedelta(seconds=FORGET_SECONDS)
        late = select(Question).where(
            Question.state == QuestionState.WITHDRAWN, Question.withdrawn_at <= due, Question.text != ""
        )
        forgotten = session().scalars(late.order_by(Question.id).limit(BATCH).with_for_update(skip_locked=True)).all()
        for question in forgotten:
            question.text, question.undo_until = "", None
            session().execute(
                update(QuestionMove).where(QuestionMove.question_id == question.id).values(undo_until=None)
            )
            _forget_in_log(question)
            moves.announce(question, QuestionForgotten)
        return len(forgotten)


def _forget_in_log(question: Question) -> None:
    """Remove the text from what the room was told, which is kept for a day for those who come back."""
    told = channels.audience(question.session_id), channels.backstage(question.session_id)

    def forget(data: dict[str, Any]) -> None:
        if data.get("question", {}).get("id") == question.id:
            data["question"]["text"] = ""

    channel_log.rewrite([*told, authorship.channel_of(question)], question.id, forget)


def drop_withdrawn_votes() -> int:
    """Delete the votes of questions whose withdrawal can no longer be undone; return how many."""
    with unit_of_work():
        grace = now() - timedelta(seconds=policy.UNDO_GRACE_SECONDS)
        final = select(Question.id).where(
            Question.state == QuestionState.WITHDRAWN,
            Question.withdrawn_at.is_not(None),
            Question.undo_until.is_(None) | (Question.undo_until <= grace),
            exists().where(Upvote.question_id == Question.id),
        )
        ids = session().scalars(final.order_by(Question.id).limit(BATCH).with_for_update(skip_locked=True)).all()
        gone = session().scalars(delete(Upvote).where(Upvote.question_id.in_(ids)).returning(Upvote.question_id)).all()
        return len(gone)


SWEEPS = (forget_withdrawn, drop_withdrawn_votes)
