"""The outbox hands every event on, at least once, and one bad event never holds up the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.models import OutboxEvent
from plugin.outbox.recorder import record, remind
from plugin.outbox.relay import LEASE_SECONDS, RETRY_SECONDS, dead_letters, relay_waiting
from plugin.outbox.subscribers import GiveUpError, current_subscribers


@dataclass(frozen=True, kw_only=True)
class BellRung(DomainEvent):
    """Something that subscribers hear of."""

    name: ClassVar[str] = "test.bell_rung"
    number: int


@pytest.fixture
def heard(app: Flask) -> list[int]:
    numbers: list[int] = []

    def listen(event: BellRung) -> None:
        numbers.append(event.number)

    current_subscribers().add(BellRung, listen)
    return numbers


def _ring(*numbers: int) -> None:
    with unit_of_work():
        for number in numbers:
            record(BellRung(number=number))


def _failing(error: Callable[[], Exception], bad: int) -> Callable[[BellRung], None]:
    def fail(event: BellRung) -> None:
        if event.number == bad:
            raise error()

    return fail


def test_each_event_is_handed_on_once_in_order(heard: list[int]) -> None:
    _ring(1, 2, 3)
    assert relay_waiting() == 3
    assert relay_waiting() == 0
    assert heard == [1, 2, 3]


def test_a_timer_is_heard_when_it_is_due_and_not_before(heard: list[int]) -> None:
    with unit_of_work():
        remind(BellRung(number=7), due_at=now() + timedelta(seconds=30))
    relay_waiting()
    assert heard == []
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        relay_waiting()
    assert heard == [7]


def test_a_worker_that_died_leaves_its_events_to_the_next(heard: list[int]) -> None:
    class Killed(BaseException):
        pass

    def die(event: BellRung) -> None:
        if event.number == 2 and not died:
            died.append(True)
            raise Killed

    died: list[bool] = []
    current_subscribers().add(BellRung, die)
    _ring(1, 2, 3)
    with pytest.raises(Killed):
        relay_waiting()
    with time_machine.travel(now() + timedelta(seconds=LEASE_SECONDS + 1), tick=True):
        relay_waiting()
    assert heard == [1, 2, 3], "a subscriber that had its event already is not asked again"


def test_a_failing_event_is_retried_alone(heard: list[int]) -> None:
    current_subscribers().add(BellRung, _failing(lambda: ValueError("not now"), bad=1))
    _ring(1, 2)
    relay_waiting()
    assert heard == [1, 2]
    row = session().scalars(select(OutboxEvent).where(OutboxEvent.relayed_at.is_(None))).one()
    assert (row.attempts, row.last_error) == (1, "ValueError")


def test_a_poison_event_is_parked_in_the_end_where_the_operator_sees_it(heard: list[int]) -> None:
    current_subscribers().add(BellRung, _failing(lambda: ValueError("never"), bad=1))
    _ring(1)
    moment = now()
    for seconds in (0, *RETRY_SECONDS, 0):
        moment += timedelta(seconds=seconds + 1)
        with time_machine.travel(moment, tick=True):
            relay_waiting()
    assert [letter.name for letter in dead_letters()] == ["test.bell_rung"]
    assert heard == [1]


def test_giving_up_parks_at_once(heard: list[int]) -> None:
    current_subscribers().add(BellRung, _failing(GiveUpError, bad=5))
    _ring(5, 6)
    relay_waiting()
    assert len(dead_letters()) == 1
    assert heard == [5, 6]


def test_events_nobody_waits_for_are_marked_and_cost_no_call(app: Flask) -> None:
    _ring(1, 2)
    assert relay_waiting() == 0
    session().rollback()
    assert session().scalars(select(OutboxEvent).where(OutboxEvent.relayed_at.is_(None))).all() == []
