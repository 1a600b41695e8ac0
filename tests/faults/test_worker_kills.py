"""A worker that is killed after a person's *yes*, before the audio server's: on stage exactly once, or failed."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.conftest import Standing
from tests.faults.killing import cut_power
from tests.servers.panel import Panel
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(240)]


@pytest.fixture
def standing(on_sqlite: Standing) -> Iterator[Standing]:
    yield on_sqlite
    on_sqlite.host.let_go()
    if not on_sqlite.stack.worker.is_running():
        restart_worker(on_sqlite)


def restart_worker(standing: Standing) -> None:
    """Start a worker again; its old log says *ready* already, so its first sign of life is in Redis."""
    worker = standing.stack.worker
    worker.log_path.unlink()
    worker.start(seconds=80)


def test_a_kill_at_a_random_moment_after_the_yes(standing: Standing, seed: int) -> None:
    chance = random.Random(seed)
    on_stage_once_or_failed(standing, kill_after_seconds=chance.uniform(0.0, 0.4))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_fifty_kills_at_random_moments_after_the_yes(standing: Standing, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        on_stage_once_or_failed(standing, kill_after_seconds=chance.uniform(0.0, 1.5))


def on_stage_once_or_failed(standing: Standing, *, kill_after_seconds: float) -> None:
    hana, lina = standing.open_evening(), standing.host.enter("Lina")
    turn, question = bring_up(hana, lina)
    lina.do("POST", f"/stage-turns/{turn['id']}/accept")
    time.sleep(kill_after_seconds)
    cut_power(standing.stack.worker)
    restart_worker(standing)
    settled(standing, hana, lina, turn["id"], question["id"])


def test_a_kill_while_the_audio_server_thinks(standing: Standing) -> None:
    hana, lina = standing.open_evening(), standing.host.enter("Lina")
    turn, question = bring_up(hana, lina)
    standing.host.hold()
    lina.do("POST", f"/stage-turns/{turn['id']}/accept")
    wait_until(lambda: standing.host.asked_to("participant.promote"), "the worker to ask", 15)
    cut_power(standing.stack.worker)
    standing.host.let_go()
    assert hana.bootstrap()["turns"][0]["state"] == "accepted"  # nobody has confirmed anything yet
    restart_worker(standing)
    settled(standing, hana, lina, turn["id"], question["id"])


def bring_up(hana: Panel, lina: Panel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let Lina ask and Hana invite her; her turn and her question."""
    question = lina.put("Does the stage survive a power cut?", "speak")
    found = hana.question(question["id"])
    brought = hana.do("POST", f"/questions/{question['id']}/bring-up", version=found["version"])
    return brought["turn"], question


def settled(standing: Standing, hana: Panel, lina: Panel, turn_id: str, question_id: str) -> None:
    """Wait for the turn's end of waiting; after a failure the host asks again, which must do no harm."""

    def turn() -> Any:
        return next(one for one in hana.bootstrap()["turns"] if one["id"] == turn_id)

    wait_until(lambda: turn()["state"] in {"on_stage", "failed"}, "on stage or failed", 12, 0.2)
    if turn()["state"] == "failed":
        assert turn()["failure"]["message"].endswith(".")
        assert hana.question(question_id)["state"] == "open"
        hana.do("POST", f"/stage-turns/{turn_id}/retry")
        wait_until(lambda: turn()["state"] == "on_stage", "the second try to succeed", 12, 0.2)
    wait_until(lambda: hana.question(question_id)["state"] == "on_stage", "the card to say on stage", 40, 0.2)
    assert standing.host.rooms[standing.host.room]["lina"]["can_speak"]
    assert lina.bootstrap()["turns"][0]["state"] == "on_stage"
    moves = "SELECT count(*) FROM question_moves WHERE question_id = :id AND to_state = 'on_stage'"
    assert standing.count(moves, id=question_id) == 1
    assert standing.count("SELECT count(*) FROM stage_turns WHERE question_id = :id", id=question_id) == 1
    assert told(standing, "rooms.stage_confirmed", turn_id) == 1
    assert {action["participant"]["id"] for action in standing.host.asked_to("participant.promote")} == {"lina"}


def told(standing: Standing, name: str, turn_id: str) -> int:
    """How often this was announced for a turn."""
    query = "SELECT count(*) FROM outbox_events WHERE name = :name AND CAST(payload AS TEXT) LIKE :turn"
    return standing.count(query, name=name, turn=f"%{turn_id}%")
