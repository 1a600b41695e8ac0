"""While Redis is away pushes come by comparing with the log, and everything recovers when it is back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.recorder import record
from tests.realtime import stand_in
from tests.realtime.conftest import Connect, StartWeb
from tests.realtime.panel_client import PanelClient
from tests.realtime.web_process import WebProcess
from tests.servers.redis_server import RedisServer
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.redis


@pytest.fixture
def redis_url(private_redis: RedisServer) -> str:
    """A Redis that this test may kill."""
    return private_redis.tcp_url


def seconds_until_heard(web: WebProcess, client: PanelClient, channel: str, text: str) -> float:
    web.tell(channel, text)
    told_at = time.monotonic()
    return float(client.wait_for_text(text)["at"]) - told_at


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A server that accepts connections and never answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def listens(web: WebProcess, times: int) -> bool:
    return web.process.log().count('"event": "listening"') >= times


def test_pushes_go_on_without_redis_and_recover_with_it(
    start_web: StartWeb, join: Connect, private_redis: RedisServer, channel: str
) -> None:
    first, second = start_web(), start_web()
    here, there = join("lina", at=first), join("omar", at=second)
    for client in (here, there):
        client.subscribe(channel)
    assert seconds_until_heard(first, there, channel, "with Redis") < 0.5
    private_redis.kill()
    for number in range(3):
        assert seconds_until_heard(first, there, channel, f"without {number}") < 1.7
        assert here.wait_for_text(f"without {number}")
    late = join("hana", at=second)
    late.subscribe(channel, since=1)
    assert late.texts(channel) == ["without 0", "without 1", "without 2"]
    private_redis.start()
    wait_until(lambda: listens(first, 2) and listens(second, 2), "both processes to hear Redis again")
    time.sleep(1.1)  # the publisher leaves a Redis that failed alone for a second
    assert seconds_until_heard(second, here, channel, "again") < 0.5
    assert seconds_until_heard(first, there, channel, "again and again") < 0.5
    for client in (here, there):
        assert client.seqs(channel) == list(range(1, len(client.seqs(channel)) + 1))


def test_requests_do_not_wait_for_a_redis_that_is_silent(
    start_web: StartWeb, join: Connect, private_redis: RedisServer, channel: str
) -> None:
    web = start_web()
    lina = join("lina", at=web)
    lina.subscribe(channel)
    with frozen(private_redis.process.pid):
        for number in range(3):
            started_at = time.monotonic()
            web.tell(channel, f"frozen {number}")
            assert time.monotonic() - started_at < 2.0
            lina.wait_for_text(f"frozen {number}", seconds=2.0)
    web.tell(channel, "thawed")
    lina.wait_for_text("thawed")
    assert lina.seqs(channel) == [1, 2, 3, 4]


def test_what_was_committed_but_never_published_still_arrives(
    start_web: StartWeb, join: Connect, stand_in_database: str, channel: str
) -> None:
    web = start_web()
    lina = join("lina", at=web)
    lina.subscribe(channel)
    killed_before_publishing = stand_in.create_app(stand_in_database)  # it has no Redis, as if it died just then
    with killed_before_publishing.app_context(), unit_of_work():
        record(stand_in.StandInTold(channels=[channel], texts=["orphan"]))
    assert lina.wait_for_text("orphan", seconds=7)["seq"] == 1
