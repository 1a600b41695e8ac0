"""Every way from every state to every state: the table says yes, or the answer is 409 with the state as it is."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import update

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, states
from plugin.qa.errors import IllegalMoveError
from plugin.qa.models import Question
from plugin.qa.models import QuestionState as S
from plugin.qa.policy import STANDS
from tests.qa.cast import Cast, done, fresh, question_in

#: features.md table 2.3, written down a second time, so that a slip in the code is noticed.
TABLE = {
    "pending": "open declined withdrawn merged hidden",
    "open": "queued on_stage answered_text later declined hidden merged withdrawn",
    "queued": "open on_stage later hidden merged withdrawn",
    "on_stage": "answered_live open later",
    "answered_live": "on_stage answered_text",
    "answered_text": "open",
    "later": "open answered_text released",
    "declined": "open",
    "hidden": "open",
    "released": "",
    "merged": "pending open queued",
    "withdrawn": "",
}
PAIRS = list(itertools.product(S, S))
#: These need more than a target: a text, a survivor, a promise, or the asker's own will.
NO_HOST_MOVE = {"answered_text", "merged", "released", "withdrawn", "pending"}


@pytest.mark.parametrize(("start", "to"), PAIRS)
def test_the_machine_is_the_table(start: S, to: S) -> None:
    assert states.is_legal(start, to) is (to.value in TABLE[start.value].split())


@pytest.mark.parametrize("start", list(S))
def test_a_host_may_take_the_ways_of_the_table_and_no_other(cast: Cast, start: S) -> None:
    for to in S:
        question = question_in(start, cast.hana, cast.lina)
        version = question.version
        allowed = to.value in TABLE[start.value].split() and to.value not in NO_HOST_MOVE and start is not S.MERGED
        if allowed:
            moved = done(desk.move, cast.hana, question.id, to=to, close_current=True)
            assert (moved.state, moved.version) == (to, version + 1)
        else:
            with pytest.raises(IllegalMoveError) as refused:
                done(desk.move, cast.hana, question.id, to=to)
            assert refused.value.details["state"] == start.value
            assert fresh(question).version == version
        _put_away(cast, question.id)


def _put_away(cast: Cast, question_id: str) -> None:
    """Make room on the stage and in the asker's limits."""
    with unit_of_work():
        session().execute(
            update(Question)
            .where(Question.id == question_id)
            .values(state=S.RELEASED, author_key=f"gone-{question_id}")
        )


def test_every_state_reads_well_in_a_sentence() -> None:
    assert set(STANDS) == set(S)


def test_nobody_votes_on_what_waits_for_a_host() -> None:
    assert S.PENDING not in states.VOTABLE
    assert S.ANSWERED_LIVE not in states.VOTABLE
