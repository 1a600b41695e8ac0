"""Taking a question back: until it is on stage, without votes, its text gone after ten minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import ForbiddenError, NotFoundError
from plugin.qa import desk, queries, service, states, sweeps
from plugin.qa.errors import IllegalMoveError, NothingToUndoError, UndoTooLateError
from plugin.qa.models import Question, QuestionState, Upvote
from plugin.realtime.channel_log import ChannelLog
from tests.qa.cast import Cast, ask, done, fresh, question_in


@pytest.mark.parametrize("state", list(QuestionState))
def test_until_it_is_on_stage(cast: Cast, state: QuestionState) -> None:
    question = question_in(state, cast.hana, cast.lina)
    if state in states.WITHDRAWABLE:
        assert done(service.withdraw, cast.lina, question.id).state is QuestionState.WITHDRAWN
    else:
        with pytest.raises(IllegalMoveError):
            done(service.withdraw, cast.lina, question.id)


def test_only_by_the_asker(cast: Cast) -> None:
    question = ask(cast.lina)
    for actor in (cast.omar, cast.hana, cast.mona):
        with pytest.raises(ForbiddenError):
            done(service.withdraw, actor, question.id)
    with pytest.raises(NotFoundError):
        done(service.withdraw, cast.nadia, question.id)


def _seen_by(actor: Actor) -> list[str]:
    session().rollback()
    return [question.text for question in session().scalars(queries.visible(actor))]


def test_it_disappears_for_the_audience_and_its_text_after_ten_minutes(cast: Cast) -> None:
    question = ask(cast.lina, "Why did you say that?")
    with time_machine.travel(now(), tick=False) as clock:
        done(service.withdraw, cast.lina, question.id)
        assert [_seen_by(cast.omar), _seen_by(cast.hana), _seen_by(cast.lina)] == [
            [],
            ["Why did you say that?"],
            ["Why did you say that?"],
        ]
        clock.shift(timedelta(minutes=9, seconds=59))
        assert sweeps.forget_withdrawn() == 0
        clock.shift(timedelta(seconds=1))
        assert sweeps.forget_withdrawn() == 1
        assert sweeps.forget_withdrawn() == 0
        assert fresh(question).text == ""
        assert [_seen_by(cast.hana), _seen_by(cast.lina)] == [[], []]


def test_a_forgotten_text_is_gone_from_the_log_too(cast: Cast) -> None:
    question, other = ask(cast.lina, "Why did you say that?"), ask(cast.omar, "What comes next?")
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    done(service.withdraw, cast.lina, question.id)
    before = _log()
    assert sum("Why did you say that?" in frame for _channel, _seq, frame in before) >= 6
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        sweeps.forget_withdrawn()
    after = _log()
    assert not [frame for _channel, _seq, frame in after if "Why did you say that?" in frame]
    assert {row[:2] for row in before} <= {row[:2] for row in after}
    untouched = [row for row in before if question.id not in row[2]]
    assert any(other.text in frame for _channel, _seq, frame in untouched)
    assert [row for row in after if row in untouched] == untouched


def _log() -> list[tuple[str, int, str]]:
    session().rollback()
    rows = session().execute(select(ChannelLog).order_by(ChannelLog.channel, ChannelLog.seq)).scalars()
    return [(row.channel, row.seq, row.frame) for row in rows]


def _votes() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Upvote)) or 0


def test_its_votes_go_for_good_once_it_cannot_be_undone(cast: Cast) -> None:
    question, other = ask(cast.lina), ask(cast.sam)
    for chosen in (question, other):
        done(service.vote, cast.omar, chosen.id)
    with time_machine.travel(now(), tick=False) as clock:
        done(service.withdraw, cast.lina, question.id)
        assert sweeps.drop_withdrawn_votes() == 0
        clock.shift(timedelta(seconds=13))
        with pytest.raises(UndoTooLateError):
            done(desk.undo, cast.lina, question.id)
        assert sweeps.drop_withdrawn_votes() == 1
        assert _votes() == 1
        assert queries.voted_ids(cast.omar) == [other.id]


def test_a_forgotten_question_is_never_undone(cast: Cast) -> None:
    question = ask(cast.lina)
    done(service.withdraw, cast.lina, question.id)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        sweeps.forget_withdrawn()
        with pytest.raises(NothingToUndoError):
            done(desk.undo, cast.lina, question.id)
    assert session().get_one(Question, question.id, populate_existing=True).text == ""
