"""One transaction: all of it or nothing, and hooks around it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from plugin.core.clock import now
from plugin.core.database import db, session
from plugin.core.unit_of_work import Work, current_work, unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.models import OutboxEvent
from plugin.outbox.recorder import record


@dataclass(frozen=True, kw_only=True)
class LampLit(DomainEvent):
    """Something small happened."""

    name: ClassVar[str] = "test.lamp_lit"
    number: int


def _stored() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(OutboxEvent)) or 0


def test_what_is_recorded_is_committed_with_the_rest(app: Flask) -> None:
    with unit_of_work():
        record(LampLit(number=1))
    assert _stored() == 1


def test_an_error_leaves_nothing_behind(app: Flask) -> None:
    with pytest.raises(ValueError, match="half-way"), unit_of_work():
        record(LampLit(number=1))
        raise ValueError("half-way")
    assert _stored() == 0


def test_a_failing_hook_before_the_commit_undoes_everything(app: Flask) -> None:
    def fails(_work: Work) -> None:
        raise RuntimeError("no seq")

    app.extensions["sidestage.unit_of_work"].before_commit.append(fails)
    with pytest.raises(RuntimeError, match="no seq"), unit_of_work():
        record(LampLit(number=1))
    assert _stored() == 0


def test_a_failing_hook_after_the_commit_loses_nothing(app: Flask) -> None:
    def fails(_work: Work) -> None:
        raise RuntimeError("redis is away")

    app.extensions["sidestage.unit_of_work"].after_commit.append(fails)
    with unit_of_work():
        record(LampLit(number=1))
    assert _stored() == 1


def test_an_inner_unit_joins_the_outer_one(app: Flask) -> None:
    with pytest.raises(ValueError, match="later"), unit_of_work():
        with unit_of_work():
            record(LampLit(number=1))
        raise ValueError("later")
    assert _stored() == 0


def test_nothing_can_be_recorded_outside(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="unit_of_work"):
        current_work()


def test_read_then_write_by_many_threads_waits_instead_of_failing(app: Flask) -> None:
    """Each thread reads the highest number and writes the next: no failure, no number twice."""
    errors: list[BaseException] = []

    def count_up() -> None:
        try:
            with app.app_context():
                for _ in range(10):
                    with unit_of_work():
                        if db.engine.dialect.name == "postgresql":
                            db.session.connection().exec_driver_sql("LOCK TABLE outbox_events IN EXCLUSIVE MODE")
                        highest = session().scalar(select(func.max(OutboxEvent.attempts))) or 0
                        session().add(OutboxEvent(name="test", payload={}, attempts=highest + 1, due_at=now()))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    assert errors == []
    assert sorted(session().scalars(select(OutboxEvent.attempts))) == list(range(1, 41))
