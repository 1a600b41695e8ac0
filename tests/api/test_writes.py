"""A write happens once however often it is sent, in one transaction, for a person who is signed in."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields, validate
from sqlalchemy import func, select

from plugin.api.auth import RESOLVER, authenticated, current_actor
from plugin.api.blueprint import blueprint
from plugin.api.idempotency import StoredAnswer
from plugin.api.limits import limited
from plugin.api.schema import Schema
from plugin.api.versions import if_match
from plugin.api.writes import writes
from plugin.core.actor import Actor, Role
from plugin.core.database import session
from plugin.core.errors import ConflictError, UnauthenticatedError
from plugin.outbox.models import OutboxEvent

PEOPLE = {
    name: Actor(f"acc_{name}", "ins_1", "room_1", "ses_1", f"par_{name}", Role.LISTENER, name.title())
    for name in ("lina", "omar")
}


class NoteSchema(Schema):
    text = fields.String(required=True, validate=validate.Length(min=1, max=10))


def resolve(token: str) -> Actor:
    """A stand-in for the rooms' resolver: the token is the name."""
    if token not in PEOPLE:
        raise UnauthenticatedError()
    return PEOPLE[token]


@pytest.fixture
def notes(app: Flask) -> Flask:
    """The app with a few routes of its own; they store a row, which is what matters here."""
    routes = blueprint("notes", __name__)

    @routes.route("/notes", methods=["POST"])
    @writes
    @routes.arguments(NoteSchema)
    @routes.response(201)
    def add(body: dict[str, Any]) -> dict[str, Any]:
        session().add(OutboxEvent(name="note", payload=body))
        session().flush()
        if body["text"] == "late":
            raise ConflictError("Too late.", code="late", state="closed")
        return {"text": body["text"], "by": current_actor().name, "version": if_match()}

    @routes.route("/me")
    @limited("3 per minute")
    @authenticated
    def me() -> dict[str, str]:
        return {"name": current_actor().name}

    RESOLVER.put(app, resolve)
    app.register_blueprint(routes)
    return app


def _send(client: FlaskClient, text: str, key: str | None = None, who: str = "lina") -> Any:
    headers = {"Authorization": f"Bearer {who}"} | ({"Idempotency-Key": key} if key else {})
    return client.post("/api/v1/notes", json={"text": text}, headers=headers)


def _rows() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(OutboxEvent)) or 0


def test_a_repeat_gets_the_stored_answer_and_nothing_happens_twice(notes: Flask, client: FlaskClient) -> None:
    first, second = _send(client, "hello", "k1"), _send(client, "hello", "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"
    assert _rows() == 1


def test_a_kept_answer_cannot_be_read_in_the_database(notes: Flask, client: FlaskClient) -> None:
    _send(client, "canary", "k1")
    session().rollback()
    kept = session().scalars(select(StoredAnswer)).one()
    assert b"canary" not in kept.body
    assert "k1" not in kept.key_hash


def test_the_same_key_of_another_person_is_another_request(notes: Flask, client: FlaskClient) -> None:
    _send(client, "hello", "k1")
    answer = _send(client, "hello", "k1", who="omar")
    assert answer.json["by"] == "Omar"
    assert _rows() == 2


def test_a_key_cannot_be_used_for_another_body(notes: Flask, client: FlaskClient) -> None:
    _send(client, "hello", "k1")
    answer = _send(client, "other", "k1")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert _rows() == 1


def test_a_refusal_is_not_kept_so_it_can_be_tried_again(notes: Flask, client: FlaskClient) -> None:
    answer = _send(client, "late", "k1")
    assert (answer.status_code, answer.json["code"], answer.json["state"]) == (409, "late", "closed")
    assert answer.content_type == "application/problem+json"
    assert _rows() == 0


def test_many_at_once_with_one_key_do_the_work_once(notes: Flask) -> None:
    answers: list[tuple[int, Any]] = []

    def send() -> None:
        response = _send(notes.test_client(), "hello", "k1")
        answers.append((response.status_code, response.json))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(201, answers[0][1])] * 8
    assert _rows() == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "text: Missing data for required field."),
        ({"text": "hello", "to": "everyone"}, "to: Unknown field."),
        ({"text": "far too long"}, "text: Length must be between 1 and 10."),
    ],
)
def test_a_bad_body_is_refused_in_a_sentence(
    notes: Flask, client: FlaskClient, body: dict[str, str], sentence: str
) -> None:
    answer: Any = client.post("/api/v1/notes", json=body, headers={"Authorization": "Bearer lina"})
    assert (answer.status_code, answer.json["code"], answer.json["detail"]) == (422, "invalid", sentence)


@pytest.mark.parametrize("header", [None, "lina", "Basic lina", "Bearer ", "Bearer nadia"])
def test_nobody_gets_in_without_a_token(notes: Flask, client: FlaskClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answers: tuple[Any, ...] = (
        client.post("/api/v1/notes", json={"text": "x"}, headers=headers),
        client.get("/api/v1/me"),
    )
    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert _rows() == 0


def test_if_match_is_read_or_refused(notes: Flask, client: FlaskClient) -> None:
    headers = {"Authorization": "Bearer lina", "If-Match": '"7"'}
    answer: Any = client.post("/api/v1/notes", json={"text": "x"}, headers=headers)
    assert answer.json["version"] == 7
    headers["If-Match"] = "seven"
    answer = client.post("/api/v1/notes", json={"text": "x"}, headers=headers)
    assert answer.json["code"] == "bad_version"


def test_a_limit_answers_429_with_the_time_to_wait(notes: Flask, client: FlaskClient) -> None:
    answers: list[Any] = [client.get("/api/v1/me", headers={"Authorization": "Bearer lina"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json["code"] == "too_many"
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_body_that_is_too_large_is_refused(notes: Flask, client: FlaskClient) -> None:
    answer = _send(client, "x" * 100_000)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_text_that_is_not_json_is_refused(notes: Flask, client: FlaskClient) -> None:
    answer: Any = client.post(
        "/api/v1/notes", data='{"text": "x"}', content_type="text/plain", headers={"Authorization": "Bearer lina"}
    )
    assert answer.status_code == 422
    assert _rows() == 0


def test_a_surprise_tells_no_secret(notes: Flask, client: FlaskClient) -> None:
    def explode(_token: str) -> Actor:
        raise RuntimeError("password=hunter2")

    RESOLVER.put(notes, explode)
    answer = _send(client, "x")
    assert (answer.status_code, answer.json["code"]) == (500, "unexpected")
    assert "hunter2" not in answer.text
