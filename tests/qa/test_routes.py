"""Every route and every role: who is let in, who is told no, and that another room's ids do not exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, service
from plugin.qa.models import Moderation, Question, QuestionState
from plugin.rooms.models import StageTurn
from plugin.rooms.states import TurnState
from tests.converges import Headers
from tests.qa.cast import Cast, ask, done, question_in

AUDIENCE = ("omar", "gus", "sam", "mona")
BACKSTAGE = ("hana", "cole", "petra")
EVERYONE = ("nobody", "nadia", "lina", *AUDIENCE, *BACKSTAGE)


def _codes(**by_name: int) -> dict[str, int]:
    """Return what each person gets: nobody 401, the stranger 404, then groups (`audience`, `backstage`), then names."""
    codes = {"nobody": 401, "nadia": 404}
    codes |= dict.fromkeys(("lina", *AUDIENCE), by_name.pop("audience", 403))
    codes |= dict.fromkeys(BACKSTAGE, by_name.pop("backstage", 200))
    return codes | by_name


@dataclass(frozen=True)
class Row:
    """One route: how to call it, in which state the question is, and what each person gets (Lina asked it)."""

    method: str
    path: str
    rule: str
    codes: dict[str, int]
    state: QuestionState = QuestionState.OPEN
    body: Callable[[Question], dict[str, Any]] | None = None
    before: Callable[[Cast, Question, Actor | None], object] | None = None


def _asked_long_ago(_cast: Cast, question: Question, _actor: Actor | None) -> None:
    with unit_of_work():
        session().get_one(Question, question.id).asked_at -= timedelta(minutes=1)


def _voted(cast: Cast, question: Question, actor: Actor | None) -> None:
    if actor and actor not in (cast.lina, cast.nadia):
        done(service.vote, actor, question.id)


def _moved_by_them(cast: Cast, question: Question, actor: Actor | None) -> None:
    host = actor if actor and actor.is_backstage else cast.hana
    done(desk.move, host, question.id, to=QuestionState.QUEUED)


S = QuestionState
ROWS = {
    "list": Row("GET", "/questions", "/questions", _codes(audience=200, nadia=200)),
    "ask": Row(
        "POST",
        "/questions",
        "/questions",
        _codes(audience=201, backstage=201, nadia=201),
        body=lambda _: {"text": "May I?", "client_id": "1"},
        before=_asked_long_ago,
    ),
    "one": Row("GET", "/questions/{id}", "/questions/<question_id>", _codes(audience=200)),
    "one pending": Row("GET", "/questions/{id}", "/questions/<question_id>", _codes(audience=404, lina=200), S.PENDING),
    "one declined": Row(
        "GET", "/questions/{id}", "/questions/<question_id>", _codes(audience=404, lina=200), S.DECLINED
    ),
    "number": Row("GET", "/questions/by-number/{number}", "/questions/by-number/<int:number>", _codes(audience=200)),
    "number hidden": Row(
        "GET",
        "/questions/by-number/{number}",
        "/questions/by-number/<int:number>",
        _codes(audience=404, lina=200),
        S.HIDDEN,
    ),
    "vote": Row("PUT", "/questions/{id}/vote", "/questions/<question_id>/vote", _codes(audience=200, lina=403)),
    "vote pending": Row(
        "PUT",
        "/questions/{id}/vote",
        "/questions/<question_id>/vote",
        _codes(audience=404, lina=403, backstage=409),
        S.PENDING,
    ),
    "unvote": Row(
        "DELETE",
        "/questions/{id}/vote",
        "/questions/<question_id>/vote",
        _codes(audience=200, lina=403),
        before=_voted,
    ),
    "withdraw": Row(
        "POST",
        "/questions/{id}/withdraw",
        "/questions/<question_id>/withdraw",
        _codes(audience=403, backstage=403, lina=200),
    ),
    "move": Row(
        "POST",
        "/questions/{id}/moves",
        "/questions/<question_id>/moves",
        _codes(),
        body=lambda _: {"to": "queued"},
    ),
    "move pending": Row(
        "POST",
        "/questions/{id}/moves",
        "/questions/<question_id>/moves",
        _codes(audience=404, lina=403),
        S.PENDING,
        body=lambda _: {"to": "open"},
    ),
    "rank": Row(
        "POST",
        "/questions/{id}/rank",
        "/questions/<question_id>/rank",
        _codes(),
        S.QUEUED,
        body=lambda _: {"after_id": None},
    ),
    "undo": Row(
        "POST",
        "/questions/{id}/undo",
        "/questions/<question_id>/undo",
        _codes(audience=409),
        before=_moved_by_them,
    ),
    "bring up": Row("POST", "/questions/{id}/bring-up", "/questions/<question_id>/bring-up", _codes()),
    "answered": Row("POST", "/questions/{id}/answered", "/questions/<question_id>/answered", _codes(), S.ON_STAGE),
    "next": Row("POST", "/questions/next", "/questions/next", _codes(nadia=403), S.QUEUED),
    "seen": Row(
        "POST", "/questions/seen", "/questions/seen", _codes(nadia=403), body=lambda question: {"ids": [question.id]}
    ),
    "settings": Row(
        "PATCH",
        "/questions/settings",
        "/questions/settings",
        _codes(nadia=403, petra=403),
        body=lambda _: {"moderation": "on"},
    ),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_who_may(cast: Cast, client: FlaskClient, headers: Headers, name: str) -> None:
    row, got = ROWS[name], {}
    for who in EVERYONE:
        actor: Actor | None = getattr(cast, who, None)
        question = question_in(row.state, cast.hana, cast.lina)
        if row.before:
            row.before(cast, question, actor)
        path = "/api/v1" + row.path.format(id=question.id, number=question.number)
        sent = {} if actor is None else dict(headers(actor))
        answer = client.open(path, method=row.method, headers=sent, json=row.body(question) if row.body else None)
        got[who] = answer.status_code
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json"
            assert answer.get_json()["detail"].endswith(".")
        _clear_away()
    assert got == row.codes


def _clear_away() -> None:
    """Nobody's earlier questions, turns or limits stand in the way of the next person."""
    with unit_of_work():
        for question in session().scalars(select(Question)):
            question.state, question.rank = QuestionState.RELEASED, None
            question.author_name = "Somebody earlier"
        session().execute(update(StageTurn).values(state=TurnState.WITHDRAWN))
        session().execute(update(Question).values(author_key=Question.id))


def test_no_route_is_left_out(cast: Cast, app: Flask) -> None:
    served = {
        (method, rule.rule.removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("qa.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(row.method, row.rule) for row in ROWS.values()}


@pytest.mark.parametrize("who", ["hana", "cole", "petra"])
def test_hosts_of_one_room_are_nobody_in_another(cast: Cast, client: FlaskClient, headers: Headers, who: str) -> None:
    question = ask(cast.nadia)
    tries = [
        client.get(f"/api/v1/questions/{question.id}", headers=headers(getattr(cast, who))),
        client.put(f"/api/v1/questions/{question.id}/vote", headers=headers(getattr(cast, who))),
        client.post(
            f"/api/v1/questions/{question.id}/moves", json={"to": "queued"}, headers=headers(getattr(cast, who))
        ),
        client.post(f"/api/v1/questions/{question.id}/undo", headers=headers(getattr(cast, who))),
        client.post(f"/api/v1/questions/{question.id}/bring-up", json={}, headers=headers(getattr(cast, who))),
        client.post("/api/v1/questions/seen", json={"ids": [question.id]}, headers=headers(getattr(cast, who))),
    ]
    assert [answer.status_code for answer in tries] == [404] * len(tries)


def test_a_queue_of_one_room_does_not_know_another_s(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    question, foreign = ask(cast.lina), ask(cast.nadia)
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    answer = client.post(
        f"/api/v1/questions/{question.id}/rank", json={"after_id": foreign.id}, headers=headers(cast.hana)
    )
    assert answer.status_code == 404


def test_pages_follow_one_another_in_every_order(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    for _ in range(4):
        for actor in (cast.lina, cast.omar, cast.sam):
            done(service.vote, cast.mona, ask(actor).id)
    for sort in ("top", "new", "old", "random", "host"):
        numbers: list[int] = []
        cursor = ""
        while True:
            query = {"sort": sort, "limit": "5", **({"cursor": cursor} if cursor else {})}
            page = client.get("/api/v1/questions", query_string=query, headers=headers(cast.gus)).get_json()
            numbers += [item["number"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert sorted(numbers) == list(range(1, 13)), sort


def test_a_list_can_be_narrowed_to_a_state(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    ask(cast.omar)
    queued = question_in(QuestionState.QUEUED, cast.hana, cast.lina)
    page = client.get("/api/v1/questions?state=queued", headers=headers(cast.gus)).get_json()
    assert [item["id"] for item in page["items"]] == [queued.id]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "Why?", "client_id": "1", "author": "acc_1"}, "author"),
        ({"client_id": "1"}, "text"),
        ({"text": "Why?"}, "client_id"),
        ({"text": "Why?", "client_id": "1", "voice": "sing"}, "voice"),
        ({"text": "   ", "client_id": "1"}, "text"),
    ],
)
def test_what_does_not_fit_is_named(
    cast: Cast, client: FlaskClient, headers: Headers, body: dict[str, str], field: str
) -> None:
    answer = client.post("/api/v1/questions", json=body, headers=headers(cast.lina))
    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]


def test_asking_too_soon_is_429_with_retry_after(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    for number, code in ((1, 201), (2, 429)):
        body = {"text": "Why not?", "client_id": str(number)}
        answer = client.post("/api/v1/questions", json=body, headers=headers(cast.lina))
        assert answer.status_code == code
    problem = answer.get_json()
    assert problem["code"] == "ask_too_soon"
    assert 28 <= problem["retry_after_seconds"] <= 30
    assert answer.headers["Retry-After"] == str(problem["retry_after_seconds"])


def test_a_stale_move_answers_with_the_question_and_who_was_faster(
    cast: Cast, client: FlaskClient, headers: Headers
) -> None:
    question = ask(cast.lina)
    path = f"/api/v1/questions/{question.id}/moves"
    first = client.post(path, json={"to": "queued"}, headers={**headers(cast.hana), "If-Match": '"1"'})
    assert (first.status_code, first.get_json()["version"]) == (200, 2)
    stale = client.post(path, json={"to": "declined"}, headers={**headers(cast.cole), "If-Match": '"1"'})
    problem = stale.get_json()
    assert (stale.status_code, problem["code"], problem["changed_by"]) == (409, "stale_question", "Hana")
    again = {**headers(cast.cole), "If-Match": f'"{problem["question"]["version"]}"'}
    assert client.post(path, json={"to": "hidden"}, headers=again).status_code == 200


def test_bringing_up_answers_with_question_and_invitation(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    question = ask(cast.lina, voice="speak")
    answer = client.post(f"/api/v1/questions/{question.id}/bring-up", json={}, headers=headers(cast.hana))
    body = answer.get_json()
    assert body["question"]["last_change"] | {"by": "Hana", "verb": "bring_up"} == body["question"]["last_change"]
    assert (body["turn"]["question_id"], body["turn"]["state"]) == (question.id, "invited")
    assert body["turn"]["invited_by_name"] == "Hana"


def test_an_answer_says_no_more_than_the_person_may_know(cast: Cast, client: FlaskClient, headers: Headers) -> None:
    done(service.change_settings, cast.hana, moderation=Moderation.ON)
    question = ask(cast.lina)
    done(service.mark_seen, cast.hana, [question.id])
    own = client.get(f"/api/v1/questions/{question.id}", headers=headers(cast.lina)).get_json()
    hosts = client.get(f"/api/v1/questions/{question.id}", headers=headers(cast.hana)).get_json()
    assert own["seen_at"] == hosts["seen_at"] is not None
    assert {"asker_present", "is_first", "guest_votes", "last_change"} <= hosts.keys()
    assert not {"asker_present", "is_first", "guest_votes", "last_change"} & own.keys()
    assert hosts["author"]["participant_id"] == cast.lina.participant_id
