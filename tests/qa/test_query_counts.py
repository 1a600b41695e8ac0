"""What an act costs the database does not grow with the room: as many statements for 40 people as for 4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, event
from werkzeug.test import TestResponse

from plugin.core.database import db, session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import authorship, desk, service
from plugin.qa.models import Question, QuestionState, VoteCounts
from plugin.rooms.models import Room, RoomSession
from tests.converges import Headers
from tests.qa.cast import Cast, ask, done, enter

Act = Callable[[FlaskClient, Headers, Cast, str], TestResponse]


@contextmanager
def _statements() -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def _fill(cast: Cast, count: int) -> None:
    """Let people in who ask and vote."""
    with unit_of_work():
        place = session().get_one(Room, cast.hana.room_id), session().get_one(RoomSession, cast.session_id)
        people = [enter(place, f"Person {number}") for number in range(count)]
    asked = [done(service.ask, person, text="One more?", client_id="1") for person in people]
    for person, question in zip(people, asked[1:], strict=False):
        done(service.vote, person, question.id)
    for question in asked[: count // 2]:
        done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)


ACTS: dict[str, Act] = {
    "ask": lambda client, headers, cast, _: client.post(
        "/api/v1/questions", json={"text": "May I?", "client_id": "x"}, headers=headers(cast.sam)
    ),
    "vote": lambda client, headers, cast, q: client.put(f"/api/v1/questions/{q}/vote", headers=headers(cast.omar)),
    "unvote": lambda client, headers, cast, q: client.delete(f"/api/v1/questions/{q}/vote", headers=headers(cast.gus)),
    "list": lambda client, headers, cast, _: client.get("/api/v1/questions?limit=100", headers=headers(cast.omar)),
    "list for hosts": lambda client, headers, cast, _: client.get(
        "/api/v1/questions?limit=100&sort=host", headers=headers(cast.hana)
    ),
    "bootstrap": lambda client, headers, cast, _: client.get("/api/v1/bootstrap", headers=headers(cast.omar)),
    "bootstrap for hosts": lambda client, headers, cast, _: client.get("/api/v1/bootstrap", headers=headers(cast.hana)),
    "move": lambda client, headers, cast, q: client.post(
        f"/api/v1/questions/{q}/moves", json={"to": "queued"}, headers=headers(cast.hana)
    ),
    "next": lambda client, headers, cast, _: client.post(
        "/api/v1/questions/next", json={"close_current": True}, headers=headers(cast.hana)
    ),
}


@pytest.mark.parametrize(
    ("name", "votes"),
    [*((name, VoteCounts.ALWAYS) for name in ACTS), ("list", VoteCounts.AFTER_VOTE), ("vote", VoteCounts.AFTER_VOTE)],
)
def test_no_more_statements_in_a_full_room(
    cast: Cast, client: FlaskClient, headers: Headers, name: str, votes: VoteCounts
) -> None:
    done(service.change_settings, cast.hana, vote_counts=votes)
    client.get("/api/v1/bootstrap", headers=headers(cast.hana))  # the first visit opens what a host's panel needs
    counts = []
    for people in (4, 36):
        _fill(cast, people)
        done(desk.take_next, cast.hana, close_current=True)
        question = ask(cast.lina)
        done(service.vote, cast.gus, question.id)
        for actor in (cast.hana, cast.omar, cast.gus, cast.sam):
            headers(actor)
        session().rollback()
        session().expunge_all()
        with _statements() as said:
            answer = ACTS[name](client, headers, cast, question.id)
        assert answer.status_code < 300, answer.text
        counts.append(len(said))
        _forget_what_sam_asked(cast)
    assert counts[0] == counts[1]
    assert counts[1] <= 30


def _forget_what_sam_asked(cast: Cast) -> None:
    with unit_of_work():
        session().execute(delete(Question).where(authorship.asked_by(cast.sam)))
