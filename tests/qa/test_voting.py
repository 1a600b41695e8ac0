"""Votes: one for each person and question, never on one's own, hosts' kept and not counted, counts shown as wanted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.qa import desk, service, sorting, views
from plugin.qa.errors import OwnQuestionError, VotingClosedError
from plugin.qa.models import Moderation, Question, QuestionState, Upvote, VoteCounts
from tests.qa.cast import Cast, ask, done, fresh, question_in


def _counts(question: Question) -> tuple[int, int]:
    now = fresh(question)
    return now.votes_count, now.guest_votes_count


def _view(actor: Actor, question: Question) -> dict[str, Any]:
    return views.of(actor, fresh(question))


def test_a_vote_counts_once_and_can_be_taken_back(cast: Cast) -> None:
    question = ask(cast.lina)
    for _ in range(3):
        done(service.vote, cast.omar, question.id)
    done(service.vote, cast.gus, question.id)
    assert _counts(question) == (2, 1)
    for _ in range(3):
        done(service.unvote, cast.gus, question.id)
    assert _counts(question) == (1, 0)
    assert session().scalar(select(func.count()).select_from(Upvote)) == 1


def test_nobody_votes_for_themselves(cast: Cast) -> None:
    question = ask(cast.lina)
    with pytest.raises(OwnQuestionError):
        done(service.vote, cast.lina, question.id)
    assert _counts(question) == (0, 0)


def test_votes_of_hosts_are_kept_and_not_counted(cast: Cast) -> None:
    question = ask(cast.lina)
    for actor in (cast.hana, cast.cole, cast.sam):
        done(service.vote, actor, question.id)
    assert _counts(question) == (1, 0)
    assert session().scalar(select(func.count()).select_from(Upvote)) == 3
    done(service.unvote, cast.hana, question.id)
    assert _counts(question) == (1, 0)


@pytest.mark.parametrize("state", list(QuestionState))
def test_votes_are_taken_until_the_answer(cast: Cast, state: QuestionState) -> None:
    question = question_in(state, cast.hana, cast.lina)
    taken = state.value in {"open", "queued", "on_stage", "later"}
    if taken:
        assert done(service.vote, cast.omar, question.id).votes_count == 1
    else:
        with pytest.raises((VotingClosedError, NotFoundError)):
            done(service.vote, cast.omar, question.id)
        with pytest.raises(VotingClosedError):
            done(service.vote, cast.cole, question.id)


def test_the_audience_learns_nothing_of_what_waits_for_a_host(cast: Cast) -> None:
    done(service.change_settings, cast.hana, moderation=Moderation.ON)
    question = ask(cast.lina)
    with pytest.raises(NotFoundError):
        done(service.vote, cast.omar, question.id)


def test_counts_always(cast: Cast) -> None:
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    assert [_view(actor, question)["votes"] for actor in (cast.hana, cast.lina, cast.omar, cast.sam)] == [1] * 4


def test_counts_after_the_own_vote(cast: Cast) -> None:
    done(service.change_settings, cast.hana, vote_counts=VoteCounts.AFTER_VOTE)
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    assert _view(cast.omar, question)["votes"] == 1
    assert _view(cast.sam, question)["votes"] is None
    assert _view(cast.lina, question)["votes"] == 1  # nobody can vote for their own first
    assert _view(cast.petra, question)["votes"] == 1
    done(service.unvote, cast.omar, question.id)
    assert _view(cast.omar, question)["votes"] is None


def test_counts_for_hosts_only(cast: Cast) -> None:
    done(service.change_settings, cast.cole, vote_counts=VoteCounts.HOSTS)
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    assert [_view(actor, question)["votes"] for actor in (cast.lina, cast.omar, cast.sam)] == [None] * 3
    assert _view(cast.hana, question) | {"votes": 1, "guest_votes": 0} == _view(cast.hana, question)


def test_votes_survive_being_hidden(cast: Cast) -> None:
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    for to in (QuestionState.HIDDEN, QuestionState.OPEN, QuestionState.DECLINED, QuestionState.OPEN):
        done(desk.move, cast.hana, question.id, to=to)
    assert _counts(question) == (1, 0)


def _order(actor: Actor, sort: str) -> list[int]:
    page = sorting.page(actor, sort=sort, state=None, after_id=None, limit=50)
    return [question.number for question in page]


def test_orders(cast: Cast) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar, cast.sam, cast.lina)]
    for voter in (cast.gus, cast.mona):
        done(service.vote, voter, asked[2].id)
    done(service.vote, cast.gus, asked[3].id)
    done(service.vote, cast.gus, asked[1].id)
    assert _order(cast.gus, "top") == [3, 2, 4, 1]  # a tie goes to the older one
    assert _order(cast.gus, "new") == [4, 3, 2, 1]
    assert _order(cast.gus, "old") == [1, 2, 3, 4]
    for place in (3, 0):
        done(desk.move, cast.hana, asked[place].id, to=QuestionState.QUEUED)
    assert _order(cast.gus, "host") == [4, 1, 2, 3]


def test_everyone_has_a_random_order_of_their_own_that_stays(cast: Cast) -> None:
    for _ in range(4):
        for actor in (cast.lina, cast.omar, cast.sam):
            ask(actor)
    orders = {tuple(_order(actor, "random")) for actor in (cast.lina, cast.omar, cast.sam, cast.gus, cast.hana)}
    assert len(orders) > 1
    assert _order(cast.lina, "random") == _order(cast.lina, "random")
    assert sorted(_order(cast.lina, "random")) == list(range(1, 13))
