"""Undo: the same person, within their time, while nothing else has changed; state, place and votes come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from plugin.accounts.models import Account
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, queries, service
from plugin.qa.errors import NothingToUndoError, StageTakenError, StaleQuestionError, UndoTooLateError
from plugin.qa.models import Question, QuestionState
from tests.qa.cast import Cast, ask, done, fresh


def _move(cast: Cast, question: Question, to: str) -> Question:
    return done(desk.move, cast.hana, question.id, to=QuestionState(to))


@pytest.mark.parametrize(
    "ways", ["queued", "on_stage", "later", "declined", "hidden", "queued hidden", "on_stage answered_live"]
)
def test_what_a_host_did_is_undone(cast: Cast, ways: str) -> None:
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    before: tuple[object, ...] = ()
    for way in ways.split():
        before = _facts(question)
        _move(cast, question, way)
    done(desk.undo, cast.hana, question.id)
    assert _facts(question) == before


def _facts(question: Question) -> tuple[object, ...]:
    now_ = fresh(question)
    stage = now_.stage_started_at, now_.stage_ended_at, now_.answered_at
    return now_.state, now_.rank, now_.votes_count, now_.guest_votes_count, *stage


def test_the_version_goes_up_so_that_a_stale_host_notices(cast: Cast) -> None:
    question = ask(cast.lina)
    _move(cast, question, "queued")
    seen_by_cole = fresh(question).version
    done(desk.undo, cast.hana, question.id)
    assert fresh(question).version == seen_by_cole + 1
    with pytest.raises(StaleQuestionError):
        done(desk.move, cast.cole, question.id, to=QuestionState.ON_STAGE, version=seen_by_cole)


def test_ten_seconds_and_no_longer(cast: Cast) -> None:
    question = ask(cast.lina)
    with time_machine.travel(now(), tick=False) as clock:
        moved = _move(cast, question, "hidden")
        assert moved.undo_until == now() + timedelta(seconds=10)
        clock.shift(timedelta(seconds=13))
        with pytest.raises(UndoTooLateError):
            done(desk.undo, cast.hana, question.id)


@pytest.mark.parametrize(("time_limits", "seconds"), [("long", 60), ("none", 20 * 3600)])
def test_whoever_needs_more_time_has_it(cast: Cast, time_limits: str, seconds: int) -> None:
    with unit_of_work():
        session().execute(update(Account).where(Account.id == cast.hana.account_id).values(time_limits=time_limits))
    session().expire_all()
    question = ask(cast.lina)
    with time_machine.travel(now(), tick=False) as clock:
        _move(cast, question, "hidden")
        clock.shift(timedelta(seconds=seconds))
        assert done(desk.undo, cast.hana, question.id).state is QuestionState.OPEN


def test_only_the_one_who_did_it(cast: Cast) -> None:
    question = ask(cast.lina)
    _move(cast, question, "queued")
    for actor in (cast.cole, cast.lina):
        with pytest.raises(NothingToUndoError):
            done(desk.undo, actor, question.id)
    with pytest.raises(NotFoundError):
        done(desk.undo, cast.nadia, question.id)


def test_not_after_somebody_else_changed_it(cast: Cast) -> None:
    question = ask(cast.lina)
    _move(cast, question, "queued")
    done(desk.move, cast.cole, question.id, to=QuestionState.ON_STAGE)
    with pytest.raises(NothingToUndoError):
        done(desk.undo, cast.hana, question.id)


def test_an_undo_is_not_undone(cast: Cast) -> None:
    question = ask(cast.lina)
    _move(cast, question, "queued")
    done(desk.undo, cast.hana, question.id)
    with pytest.raises(NothingToUndoError):
        done(desk.undo, cast.hana, question.id)


def test_its_place_in_the_run_order_comes_back(cast: Cast) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar, cast.sam)]
    for question in asked:
        _move(cast, question, "queued")
    _move(cast, asked[1], "open")
    # The freed key is given to another one meanwhile.
    done(desk.rank, cast.cole, asked[2].id, after_id=asked[0].id)
    done(desk.undo, cast.hana, asked[1].id)
    session().rollback()
    queue = queries.queue(cast.session_id)
    assert {question.number for question in queue} == {1, 2, 3}
    assert queue[0].number == 1
    assert len({question.rank for question in queue}) == 3


def test_a_new_place_is_undone_too(cast: Cast) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar)]
    for question in asked:
        _move(cast, question, "queued")
    done(desk.rank, cast.hana, asked[1].id, after_id=None)
    done(desk.undo, cast.hana, asked[1].id)
    assert [question.number for question in queries.queue(cast.session_id)] == [1, 2]


def test_the_stage_may_be_taken_meanwhile(cast: Cast) -> None:
    first, second = ask(cast.lina), ask(cast.omar)
    _move(cast, first, "on_stage")
    _move(cast, first, "answered_live")
    done(desk.move, cast.cole, second.id, to=QuestionState.ON_STAGE)
    with pytest.raises(StageTakenError):
        done(desk.undo, cast.hana, first.id)


def test_the_asker_undoes_a_withdrawal_with_all_votes(cast: Cast) -> None:
    question = ask(cast.lina)
    for voter in (cast.omar, cast.gus, cast.hana):
        done(service.vote, voter, question.id)
    done(service.withdraw, cast.lina, question.id)
    assert fresh(question).votes_count == 0
    with pytest.raises(NothingToUndoError):
        done(desk.undo, cast.hana, question.id)
    back = done(desk.undo, cast.lina, question.id)
    assert (back.state, back.votes_count, back.guest_votes_count, back.withdrawn_at) == (
        QuestionState.OPEN,
        2,
        1,
        None,
    )
