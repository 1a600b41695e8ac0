"""Many people at the same moment: every message once, numbered without a hole, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service, shelf
from plugin.messaging.models import Conversation, Message, Reaction, ReadMarker
from tests.messaging.cast import Cast

THREADS = 6


def _at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                with unit_of_work():
                    return act()
            finally:
                session().close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, acts))


def test_many_send_at_once(app: Flask, cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina, cast.omar)

    def sending(person: Actor, number: int) -> Callable[[], Any]:
        return lambda: service.send(person, group.id, text=f"{number}", client_id=f"{number}").seq

    people = (cast.hana, cast.lina, cast.omar)
    acts = [sending(person, number) for number in range(8) for person in people for _ in range(2)]
    seqs = _at_once(app, acts)
    session().rollback()
    stored = session().scalars(select(Message.seq).order_by(Message.seq)).all()
    assert list(stored) == list(range(1, 25)) and sorted(set(seqs)) == list(stored)


def test_a_reaction_and_a_marker_are_made_once(app: Flask, cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.hana, group)
    _at_once(app, [lambda: service.react(cast.lina, sent.id, "👍").id] * 6)
    _at_once(app, [lambda: shelf.mark_read(cast.lina, group.id, seq=1).last_read_seq] * 6)
    _at_once(app, [lambda: shelf.save_draft(cast.lina, group.id, text="x") and None] * 6)
    session().rollback()
    assert len(session().scalars(select(Reaction)).all()) == 1
    assert len(session().scalars(select(ReadMarker).where(ReadMarker.account_id == cast.lina.account_id)).all()) == 1


def test_nobody_speaks_after_being_put_out(app: Flask, cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)

    def speak(number: int) -> Callable[[], Any]:
        def act() -> int | None:
            try:
                return service.send(cast.lina, group.id, text=str(number), client_id=str(number)).seq
            except NotFoundError:
                return None

        return act

    def put_out() -> int:
        conversations.dismiss(group.id, cast.lina.account_id)
        return -session().get_one(Conversation, group.id).last_seq

    acts = [speak(number) for number in range(5)] + [put_out] + [speak(number) for number in range(5, 12)]
    answers = _at_once(app, acts)
    said = -min(answer for answer in answers if answer is not None)
    session().rollback()
    assert len(session().scalars(select(Message)).all()) == said
