"""Web processes that are killed at any moment: what was acknowledged is there, once, and everybody hears it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.faults.conftest import Standing
from tests.faults.crowd import Crowd, Ledger
from tests.faults.killing import cut_power
from tests.faults.listening import Resuming
from tests.servers.panel import Panel
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(240)]


@pytest.fixture(params=["on_sqlite", pytest.param("on_postgres", marks=pytest.mark.postgres)])
def standing(request: pytest.FixtureRequest) -> Iterator[Standing]:
    found: Standing = request.getfixturevalue(request.param)
    yield found
    for process in found.stack.web:
        if not process.is_running():
            process.start(seconds=60)


def test_two_kills_lose_nothing_and_double_nothing(standing: Standing, seed: int) -> None:
    under_kills(standing, seed, kills=2)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_kills_lose_nothing_and_double_nothing(standing: Standing, seed: int) -> None:
    under_kills(standing, seed, kills=100, threads=8)


def under_kills(standing: Standing, seed: int, *, kills: int, threads: int = 4) -> None:
    chance = random.Random(seed)
    stack, hana = standing.stack, standing.open_evening()
    lina = standing.host.panel("Lina", url=stack.urls[1])
    readers = [Resuming(panel, stack.urls).start() for panel in (hana, lina)]
    try:
        with Crowd(standing.host, stack.urls, threads=threads, seed=seed) as crowd:
            wait_until(lambda: len(crowd.ledger.questions) >= 5, "the first questions", 20)
            for number in range(kills):
                time.sleep(chance.uniform(0.0, 0.7))
                victim = stack.web[number % len(stack.web)]
                cut_power(victim)
                victim.start(seconds=60)
            crowd.stop()
        assert crowd.ledger.problems == []
        assert crowd.ledger.retries >= kills, "no request met a killed process: this test proved nothing"
        assert_stored_once(standing, hana, crowd.ledger)
        for reader in readers:
            assert_heard_all(standing, reader, crowd.ledger)
        print(
            f"{crowd.ledger.retries} retries, {crowd.ledger.replays} replays, {len(crowd.ledger.questions)} questions"
        )
    finally:
        for reader in readers:
            reader.stop()


def assert_stored_once(standing: Standing, hana: Panel, ledger: Ledger) -> None:
    session_id = hana.bootstrap()["session"]["id"]
    questions = "FROM questions WHERE session_id = :id"
    stored = {row.id: row.text for row in standing.rows(f"SELECT id, text {questions}", id=session_id)}
    assert stored == ledger.questions
    assert sorted(stored.values()) == sorted(ledger.sent_texts)
    numbers = [row.number for row in standing.rows(f"SELECT number {questions} ORDER BY number", id=session_id)]
    assert numbers == list(range(1, len(stored) + 1))
    votes = f"FROM upvotes WHERE question_id IN (SELECT id {questions})"
    assert standing.count(f"SELECT count(*) {votes}", id=session_id) == len(ledger.votes)
    assert standing.count(f"SELECT sum(votes_count) {questions}", id=session_id) == len(ledger.votes)
    hands = "SELECT count(*) FROM hands WHERE session_id = :id AND state = 'raised'"
    assert standing.count(hands, id=session_id) == len(ledger.hands)
    gaps = "SELECT channel FROM channel_log GROUP BY channel HAVING count(*) <> max(seq) OR min(seq) <> 1"
    assert standing.rows(gaps) == []


def assert_heard_all(standing: Standing, reader: Resuming, ledger: Ledger) -> None:
    latest = "SELECT seq FROM channel_counters WHERE channel = :name"
    for channel, began_at in reader.began_at.items():
        seq = standing.count(latest, name=channel) if standing.rows(latest, name=channel) else 0
        wait_until(partial(_has_come, reader, channel, seq), f"everything on {channel}", 15)
        assert reader.numbers(channel) == list(range(began_at + 1, seq + 1))
    assert reader.gaps == []
    heard = {question["id"]: question["text"] for question in reader.objects("question").values()}
    assert heard == ledger.questions


def _has_come(reader: Resuming, channel: str, seq: int) -> bool:
    return reader.last(channel) >= seq
