"""Many at once, in real threads on a real database: one vote, one question, one on stage, nobody overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import AppError
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, queries, service
from plugin.qa.models import Question, QuestionState, Upvote
from plugin.rooms.models import Room, RoomSession
from tests.converges import Headers
from tests.qa.cast import Cast, ask, done, enter, fresh

THREADS = 8


def _at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it in threads that start together; return results, and refusals as their codes."""
    start = Barrier(min(THREADS, len(acts)))

    def run(numbered: tuple[int, Callable[[], Any]]) -> Any:
        number, act = numbered
        if number < start.parties:
            start.wait(10)
        with app.app_context():
            try:
                return act()
            except AppError as error:
                return error.code

    session().rollback()
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, enumerate(acts)))


def _verb(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], Any]:
    return lambda: done(function, *args, **kwargs)


def test_a_hundred_votes_of_one_person_are_one(cast: Cast, app: Flask) -> None:
    question = ask(cast.lina)
    results = _at_once(app, [_verb(service.vote, cast.omar, question.id)] * 100)
    assert {type(result) for result in results} == {Question}
    assert fresh(question).votes_count == 1
    assert session().scalar(select(func.count()).select_from(Upvote)) == 1


def test_votes_of_many_are_all_counted(cast: Cast, app: Flask, client: FlaskClient, headers: Headers) -> None:
    question = ask(cast.lina)
    voters = _listeners(cast, 40)
    signed = [headers(voter) for voter in voters]
    path = f"/api/v1/questions/{question.id}/vote"
    codes = _at_once(app, [_request(app, "PUT", path, sent) for sent in signed])
    assert Counter(answer.status_code for answer in codes) == {200: 40}
    assert fresh(question).votes_count == 40
    codes = _at_once(app, [_request(app, "DELETE", path, sent) for sent in signed[:15]])
    assert fresh(question).votes_count == 25


def _listeners(cast: Cast, count: int) -> list[Actor]:
    with unit_of_work():
        place = session().get_one(Room, cast.hana.room_id), session().get_one(RoomSession, cast.session_id)
        return [enter(place, f"Listener {number}") for number in range(count)]


def _request(app: Flask, method: str, path: str, headers: Any, body: Any = None) -> Callable[[], Any]:
    return lambda: app.test_client().open(path, method=method, headers=headers, json=body)


def test_a_double_click_asks_once(cast: Cast, app: Flask, headers: Headers) -> None:
    signed = headers(cast.lina)
    body = {"text": "Once, please?", "client_id": "the-same"}
    plain = [_request(app, "POST", "/api/v1/questions", signed, body)] * 4
    keyed = [_request(app, "POST", "/api/v1/questions", {**signed, "Idempotency-Key": "the-same"}, body)] * 4
    answers = _at_once(app, plain + keyed)
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert session().scalar(select(func.count()).select_from(Question)) == 1


def test_eight_different_questions_at_once_are_one_and_seven_refusals(cast: Cast, app: Flask) -> None:
    asks = [_verb(service.ask, cast.lina, text=f"Number {n}?", client_id=str(n)) for n in range(8)]
    results = Counter(result if isinstance(result, str) else "asked" for result in _at_once(app, asks))
    assert results == {"asked": 1, "ask_too_soon": 7}


def test_numbers_are_given_once(cast: Cast, app: Flask) -> None:
    people = _listeners(cast, 24)
    asks = [_verb(service.ask, person, text="Which number am I?", client_id="1") for person in people]
    numbers = sorted(question.number for question in _at_once(app, asks))
    assert numbers == list(range(1, 25))


def test_of_two_hosts_who_act_on_the_same_version_one_is_told(cast: Cast, app: Flask) -> None:
    question = ask(cast.lina)
    moves = [
        _verb(desk.move, cast.hana, question.id, to=QuestionState.QUEUED, version=1),
        _verb(desk.move, cast.cole, question.id, to=QuestionState.DECLINED, version=1),
    ]
    results = _at_once(app, moves)
    assert sorted(result if isinstance(result, str) else "moved" for result in results) == ["moved", "stale_question"]
    assert fresh(question).version == 2


def test_only_one_question_gets_on_stage(cast: Cast, app: Flask) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar, cast.sam, cast.lina)]
    hosts = (cast.hana, cast.cole, cast.petra, cast.hana)
    moves = [
        _verb(desk.move, host, question.id, to=QuestionState.ON_STAGE)
        for host, question in zip(hosts, asked, strict=True)
    ]
    results = Counter(result if isinstance(result, str) else "moved" for result in _at_once(app, moves))
    assert results == {"moved": 1, "stage_taken": 3}


def test_next_with_closing_passes_the_stage_on(cast: Cast, app: Flask) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar, cast.sam, cast.lina)]
    for question in asked:
        done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    results = _at_once(app, [_verb(desk.take_next, cast.cole, close_current=True)] * 4)
    assert sorted(question.number for question in results) == [1, 2, 3, 4]
    states = Counter(fresh(question).state for question in asked)
    assert states == {QuestionState.ANSWERED_LIVE: 3, QuestionState.ON_STAGE: 1}


def test_hosts_who_order_at_once_all_get_a_place(cast: Cast, app: Flask) -> None:
    asked = [ask(actor) for actor in (cast.lina, cast.omar, cast.sam, cast.lina, cast.omar, cast.sam)]
    for question in asked:
        done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    orders = [
        _verb(desk.rank, cast.hana if number % 2 else cast.cole, question.id, after_id=asked[0].id)
        for number, question in enumerate(asked[1:])
    ]
    assert {type(result) for result in _at_once(app, orders)} == {Question}
    session().rollback()
    queue = queries.queue(cast.session_id)
    assert queue[0].id == asked[0].id
    assert len({question.rank for question in queue}) == 6


def test_a_vote_against_a_withdrawal_leaves_no_vote_behind(cast: Cast, app: Flask) -> None:
    voters = _listeners(cast, 7)
    for _ in range(3):
        question = ask(cast.lina)
        acts = [_verb(service.vote, voter, question.id) for voter in voters]
        _at_once(app, [*acts, _verb(service.withdraw, cast.lina, question.id)])
        left = fresh(question)
        assert (left.state, left.votes_count) == (QuestionState.WITHDRAWN, 0)
