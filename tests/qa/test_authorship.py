"""One accessor: with a keyed pseudonym in `key_for`, no row anywhere joins a question or a vote to a person."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from plugin.core.actor import Actor
from plugin.core.database import db, session
from plugin.qa import authorship, desk, service
from plugin.qa.models import Moderation, QuestionState
from tests.converges import Headers
from tests.qa.cast import Cast, ask, done

KEY = b"the session's key, which is not in the database"
PLUGIN = Path(authorship.__file__).parents[1]


@pytest.fixture
def pseudonyms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the one function that N8 will change."""

    def key_for(session_id: str, account_id: str) -> str:
        return hmac.new(KEY, f"{session_id} {account_id}".encode(), hashlib.sha256).hexdigest()

    monkeypatch.setattr(authorship, "key_for", key_for)


def test_only_the_accessor_touches_the_key() -> None:
    pattern = re.compile(r"\b(author_key|voter_key)\b")
    touching = {
        path.relative_to(PLUGIN).as_posix() for path in PLUGIN.rglob("*.py") if pattern.search(path.read_text("utf-8"))
    }
    assert touching == {"qa/authorship.py", "qa/models.py", "realtime/channels.py"}


@pytest.mark.usefixtures("pseudonyms")
def test_no_row_joins_a_question_to_its_author(
    cast: Cast,
    client: FlaskClient,
    headers: Headers,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    done(service.change_settings, cast.hana, moderation=Moderation.NEWCOMERS)
    question_ids = [
        _ask_over_http(client, headers(actor), number) for number, actor in enumerate((cast.lina, cast.gus))
    ]
    for question_id in question_ids:
        done(desk.move, cast.hana, question_id, to=QuestionState.OPEN)
        done(service.mark_seen, cast.hana, [question_id])
        assert client.put(f"/api/v1/questions/{question_id}/vote", headers=headers(cast.omar)).status_code == 200
    done(desk.move, cast.hana, question_ids[1], to=QuestionState.ON_STAGE)
    done(desk.answered, cast.hana, question_ids[1])
    taken_back = client.post(f"/api/v1/questions/{question_ids[0]}/withdraw", headers=headers(cast.lina))
    assert taken_back.status_code == 200
    done(desk.undo, cast.lina, question_ids[0])

    people = [mark for actor in (cast.lina, cast.gus, cast.omar) for mark in _marks(actor)]
    for table, row in _rows():
        named = [mark for mark in people if mark in row]
        about = [question_id for question_id in question_ids if question_id in row]
        assert not (named and about), f"{table} joins {named} to {about}: {row}"
    logged = caplog.text + "".join(capfd.readouterr())
    assert not [mark for mark in people if mark in logged]


def _ask_over_http(client: FlaskClient, headers: Mapping[str, str], number: int) -> str:
    body = {"text": f"What about number {number}?", "client_id": f"client-{number}"}
    keyed = {**headers, "Idempotency-Key": f"key-{number}"}
    answer = client.post("/api/v1/questions", json=body, headers=keyed)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def _marks(actor: Actor) -> tuple[str, ...]:
    return actor.account_id, actor.participant_id


def _rows() -> list[tuple[str, str]]:
    session().rollback()
    rows = []
    for table in inspect(db.engine).get_table_names():
        for row in session().execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608  # our own tables
            rows.append((table, json.dumps(dict(row), default=_readable)))
    return rows


def _readable(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.mark.usefixtures("pseudonyms")
def test_a_pseudonym_still_votes_once_withdraws_and_has_limits(cast: Cast) -> None:
    question = ask(cast.lina)
    assert authorship.is_author(cast.lina, question)
    assert not authorship.is_author(cast.omar, question)
    assert authorship.channel_of(question) == authorship.channel_for(cast.lina)
    for _ in range(2):
        done(service.vote, cast.omar, question.id)
    assert question.votes_count == 1
    done(service.withdraw, cast.lina, question.id)
    assert ask(cast.lina, client_id="x").id == ask(cast.lina, client_id="x").id
