"""Redis is killed and comes back while people use the room: writes go on, pushes arrive, nothing stays undone."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from plugin.application import create_app
from plugin.core.database import db
from tests.app_fixtures import settings_for
from tests.faults.conftest import Standing
from tests.faults.crowd import Crowd
from tests.faults.test_web_kills import assert_stored_once
from tests.servers.panel import LivePanel, Panel
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(240)]

WAITING = """SELECT count(*) FROM outbox_events
             WHERE relayed_at IS NULL AND dead_at IS NULL AND due_at <= CURRENT_TIMESTAMP"""


@pytest.fixture
def standing(on_sqlite: Standing) -> Iterator[Standing]:
    yield on_sqlite
    if not on_sqlite.redis.process.is_running():
        on_sqlite.redis.start()
    wait_until(lambda: waiting(on_sqlite) == 0, "the outbox to be empty", 60)


def waiting(standing: Standing) -> int:
    """How many events somebody still has to be told of, timers aside."""
    return standing.count(WAITING)


def test_life_without_redis(standing: Standing, seed: int) -> None:
    stack, hana = standing.stack, standing.open_evening()
    lina = standing.host.enter("Lina", url=stack.urls[1])
    hears = hana.listen()
    question = ask_and_hear(hears, lina, "What did you learn before the cut?", within_seconds=5)
    standing.redis.kill()

    with Crowd(standing.host, stack.urls, threads=2, seed=seed) as crowd:
        time.sleep(1.5)
        found = timed(hana, "GET", f"/questions/{question['id']}")
        brought = timed(hana, "POST", f"/questions/{question['id']}/bring-up", version=found["version"])
        hears.wait_for_object("turn", 4, id=brought["turn"]["id"], state="invited")
        timed(lina, "POST", f"/stage-turns/{brought['turn']['id']}/accept")
        hears.wait_for_object("turn", 4, id=brought["turn"]["id"], state="accepted")
        crowd.stop()
    assert crowd.ledger.problems == []
    assert crowd.ledger.slowest_seconds < 2.5
    late = hana.listen()  # a ticket, a socket and a catch-up, all without Redis
    assert late.booted["qa"]["questions"]
    for url in stack.urls:
        assert requests.get(f"{url}/livez", timeout=5).status_code == 200

    standing.redis.start()
    back_at = time.monotonic()
    wait_until(lambda: waiting(standing) == 0, "the outbox to drain", 40)
    print(f"drained after {time.monotonic() - back_at:.1f} s; slowest request {crowd.ledger.slowest_seconds:.2f} s")
    wait_until(lambda: _state(hana, brought["turn"]["id"]) in {"on_stage", "failed"}, "on stage or failed", 12)
    crowd.ledger.questions[question["id"]] = question["text"]
    crowd.ledger.sent_texts.add(question["text"])
    crowd.ledger.hands.update({"Lina"} if question["voice"] != "read" else set())
    assert_stored_once(standing, hana, crowd.ledger)
    time.sleep(1.1)  # the publisher leaves a Redis that failed alone for a second
    omar = standing.host.enter("Omar", url=stack.urls[1])
    ask_and_hear(hears, omar, "And what after it?", within_seconds=5)


def test_a_redis_that_takes_calls_and_never_answers(standing: Standing) -> None:
    stack, hana = standing.stack, standing.open_evening()
    people = [standing.host.enter(name, url=stack.urls[1]) for name in ("Lina", "Omar", "Rosa")]
    hears = hana.listen()
    with frozen(standing.redis.process.pid):
        for person in people:
            asked = timed(person, "POST", "/questions", body={"text": "Is it slow?", "voice": "read", "client_id": "1"})
            hears.wait_for_object("question", 4, id=asked["id"])
            timed(person, "POST", "/hands", body={"reason": "waiting"})
            timed(hana, "PUT", f"/questions/{asked['id']}/vote")
            timed(person, "POST", "/socket-tickets")
            timed(person, "GET", "/bootstrap")
    wait_until(lambda: waiting(standing) == 0, "the outbox to drain", 40)
    sam = standing.host.enter("Sam")
    ask_and_hear(hears, sam, "And now?", within_seconds=5)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A server that accepts connections and never answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_limits_hold_without_redis(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "sidestage.db")
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    app = create_app(settings_for(tmp_path, f"sqlite:///{tmp_path / 'sidestage.db'}", nowhere))
    body = {"setup_code": "SETUP-AAAA", "host_id": "x", "origin": "https://a.test", "action_url": "https://a.test/"}
    client = app.test_client()
    codes = [client.post("/api/v1/installs", json=body | {"offers": {}}).status_code for _ in range(14)]
    assert codes == [403] * 10 + [429] * 4  # nobody guesses setup codes faster because Redis is down
    with app.app_context():
        db.engine.dispose()


def _state(hana: Panel, turn_id: str) -> str:
    return str(next(one["state"] for one in hana.bootstrap()["turns"] if one["id"] == turn_id))


def ask_and_hear(hears: LivePanel, asker: Panel, text: str, *, within_seconds: float) -> dict[str, Any]:
    """Ask at one process and hear it at the other."""
    asked = asker.put(text, "speak")
    hears.wait_for_object("question", within_seconds, id=asked["id"])
    return asked


def timed(panel: Panel, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
    """Do it, and not slowly."""
    began_at = time.monotonic()
    answer = panel.do(method, path, body, version=version)
    seconds = time.monotonic() - began_at
    assert seconds < 2.5, f"{method} {path} took {seconds:.1f} s"
    return answer
