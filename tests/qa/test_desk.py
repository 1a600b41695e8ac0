"""The desk: run order and Next, one question on stage, stale hosts noticed, seen once, the asker brought up."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, update

from plugin.core.database import session
from plugin.core.errors import ConflictError, ForbiddenError, InvalidError
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, queries, service
from plugin.qa.errors import (
    AskerAbsentError,
    IllegalMoveError,
    NotQueuedError,
    QueueEmptyError,
    StageTakenError,
    StaleQuestionError,
)
from plugin.qa.models import Question, QuestionMove, QuestionState
from plugin.rooms.models import Participant
from tests.qa.cast import Cast, ask, done, fresh


def _queue(cast: Cast) -> list[int]:
    session().rollback()
    return [question.number for question in queries.queue(cast.session_id)]


def _queued(cast: Cast, count: int) -> list[Question]:
    asked = [ask(actor) for actor in itertools.islice(itertools.cycle((cast.lina, cast.omar, cast.sam)), count)]
    for question in asked:
        done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    return asked


def test_the_queue_appends_at_the_end(cast: Cast) -> None:
    _queued(cast, 3)
    assert _queue(cast) == [1, 2, 3]


def test_the_run_order_can_be_changed_to_any_other(cast: Cast) -> None:
    first, second, third, fourth = _queued(cast, 4)
    done(desk.rank, cast.hana, fourth.id, after_id=None)
    assert _queue(cast) == [4, 1, 2, 3]
    done(desk.rank, cast.cole, first.id, after_id=third.id)
    assert _queue(cast) == [4, 2, 3, 1]
    done(desk.rank, cast.petra, second.id, after_id=third.id)
    assert _queue(cast) == [4, 3, 2, 1]
    done(desk.rank, cast.petra, second.id, after_id=third.id)
    assert _queue(cast) == [4, 3, 2, 1]


def test_keys_stay_short_however_often_hosts_reorder(cast: Cast) -> None:
    asked = _queued(cast, 3)
    for turn in range(60):
        done(desk.rank, cast.hana, asked[turn % 3].id, after_id=asked[(turn + 1) % 3].id)
    assert max(len(fresh(question).rank or "") for question in asked) <= 64


def test_only_what_is_queued_has_a_place(cast: Cast) -> None:
    question, other = ask(cast.lina), _queued(cast, 1)[0]
    with pytest.raises(NotQueuedError):
        done(desk.rank, cast.hana, question.id, after_id=None)
    with pytest.raises(NotQueuedError):
        done(desk.rank, cast.hana, other.id, after_id=question.id)
    with pytest.raises(InvalidError):
        done(desk.rank, cast.hana, other.id, after_id=other.id)


def test_next_takes_the_first_and_says_when_there_is_none(cast: Cast) -> None:
    _first, second = _queued(cast, 2)
    done(desk.rank, cast.hana, second.id, after_id=None)
    taken = done(desk.take_next, cast.cole)
    assert (taken.number, taken.state, taken.rank) == (2, QuestionState.ON_STAGE, None)
    assert taken.stage_started_at is not None
    with pytest.raises(StageTakenError):
        done(desk.take_next, cast.cole)
    assert done(desk.take_next, cast.cole, close_current=True).number == 1
    assert fresh(second).state is QuestionState.ANSWERED_LIVE
    with pytest.raises(QueueEmptyError):
        done(desk.take_next, cast.cole)


def test_one_question_on_stage_at_a_time(cast: Cast) -> None:
    first, second = ask(cast.lina), ask(cast.omar)
    done(desk.move, cast.hana, first.id, to=QuestionState.ON_STAGE)
    with pytest.raises(StageTakenError) as refused:
        done(desk.move, cast.cole, second.id, to=QuestionState.ON_STAGE)
    assert refused.value.details["question"]["id"] == first.id
    done(desk.move, cast.cole, second.id, to=QuestionState.ON_STAGE, close_current=True)
    closed = fresh(first)
    assert (closed.state, closed.changed_by_name) == (QuestionState.ANSWERED_LIVE, "Cole")
    assert closed.stage_ended_at == closed.answered_at
    assert closed.stage_started_at is not None


def test_a_reopened_answer_keeps_its_start(cast: Cast) -> None:
    question = ask(cast.lina)
    started = done(desk.move, cast.hana, question.id, to=QuestionState.ON_STAGE).stage_started_at
    done(desk.answered, cast.hana, question.id)
    again = done(desk.move, cast.hana, question.id, to=QuestionState.ON_STAGE)
    assert (again.stage_started_at, again.stage_ended_at, again.answered_at) == (started, None, None)


def test_a_stale_host_is_told_who_did_what(cast: Cast) -> None:
    question = ask(cast.lina)
    seen = question.version
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED, version=seen)
    with pytest.raises(StaleQuestionError) as refused:
        done(desk.move, cast.cole, question.id, to=QuestionState.DECLINED, version=seen)
    told = refused.value.details
    assert (told["changed_by"], told["change"]) == ("Hana", "queue")
    assert told["changed_at"].endswith("Z")
    assert (told["question"]["state"], told["question"]["version"]) == ("queued", seen + 1)
    assert "Hana" in refused.value.message
    # One more click, with the version that the answer told, does it.
    done(desk.move, cast.cole, question.id, to=QuestionState.HIDDEN, version=told["question"]["version"])


@pytest.mark.parametrize("verb", ["answered", "bring_up"])
def test_every_act_on_an_old_version_is_refused(cast: Cast, verb: str) -> None:
    question = ask(cast.lina)
    done(desk.move, cast.hana, question.id, to=QuestionState.ON_STAGE)
    with pytest.raises(StaleQuestionError):
        done(getattr(desk, verb), cast.cole, question.id, version=1)


def test_a_withdrawal_is_told_to_a_stale_host_without_a_name(cast: Cast) -> None:
    question = ask(cast.lina)
    version = question.version
    done(service.withdraw, cast.lina, question.id)
    with pytest.raises(StaleQuestionError) as refused:
        done(desk.move, cast.cole, question.id, to=QuestionState.QUEUED, version=version)
    assert (refused.value.details["changed_by"], refused.value.details["change"]) == (None, "withdraw")


def test_the_history_says_who_did_what_when(cast: Cast) -> None:
    question = ask(cast.lina)
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    done(desk.move, cast.petra, question.id, to=QuestionState.OPEN)
    done(service.withdraw, cast.lina, question.id)
    moves = session().scalars(select(QuestionMove).order_by(QuestionMove.version_after)).all()
    assert [(move.actor_name, move.verb, move.from_state, move.to_state) for move in moves] == [
        ("Hana", "queue", "open", "queued"),
        ("Petra", "open", "queued", "open"),
        (None, "withdraw", "open", "withdrawn"),
    ]
    assert [move.actor_id for move in moves] == [cast.hana.account_id, cast.petra.account_id, None]


def test_seen_is_set_once(cast: Cast) -> None:
    first, second = ask(cast.lina), ask(cast.omar)
    assert done(service.mark_seen, cast.hana, [first.id]) == 1
    seen_at = fresh(first).seen_at
    assert done(service.mark_seen, cast.cole, [first.id, second.id]) == 1
    assert fresh(first).seen_at == seen_at
    assert fresh(first).version == 1  # looking changes nothing that a host could act upon
    with pytest.raises(ForbiddenError):
        done(service.mark_seen, cast.sam, [second.id])


def test_bringing_up_an_absent_asker_is_refused_by_name(cast: Cast) -> None:
    question = ask(cast.lina)
    with unit_of_work():
        session().execute(
            update(Participant).where(Participant.id == cast.lina.participant_id).values(is_present=False)
        )
    with pytest.raises(AskerAbsentError) as refused:
        done(desk.bring_up, cast.hana, question.id)
    assert refused.value.message.startswith("Lina is not in the room")
    assert fresh(question).version == 1


def test_bringing_up_while_another_is_answered(cast: Cast) -> None:
    current, question = ask(cast.omar), ask(cast.lina)
    done(desk.move, cast.hana, current.id, to=QuestionState.ON_STAGE)
    with pytest.raises(StageTakenError):
        done(desk.bring_up, cast.hana, question.id)
    done(desk.bring_up, cast.hana, question.id, close_current=True)
    assert fresh(current).state is QuestionState.ANSWERED_LIVE
    assert fresh(question).state is QuestionState.OPEN  # not on stage before the audio server says so


def test_bringing_up_what_is_over_is_illegal(cast: Cast) -> None:
    question = ask(cast.lina)
    done(desk.move, cast.hana, question.id, to=QuestionState.LATER)
    with pytest.raises(IllegalMoveError):
        done(desk.bring_up, cast.hana, question.id)


def test_answered_needs_the_stage(cast: Cast) -> None:
    with pytest.raises(ConflictError) as refused:
        done(desk.answered, cast.hana, ask(cast.lina).id)
    assert (refused.value.code, refused.value.details["state"]) == ("illegal_move", "open")


def test_settings_are_the_hosts(cast: Cast) -> None:
    for actor in (cast.petra, cast.sam, cast.lina, cast.gus, cast.mona):
        with pytest.raises(ForbiddenError):
            done(service.change_settings, actor, moderation="on")
