"""A process that is asked to stop says goodbye with 1012 and spreads the return; one that is killed is noticed."""

from __future__ import annotations

import pytest

from plugin.realtime.protocol import CloseCode
from tests.realtime.conftest import Connect, StartWeb

pytestmark = pytest.mark.redis


def test_sigterm_closes_every_socket_with_1012(start_web: StartWeb, join: Connect, channel: str) -> None:
    web = start_web()
    clients = [join(name, at=web) for name in ("lina", "omar", "hana")]
    for client in clients:
        client.subscribe(channel)
    web.stop()
    for client in clients:
        assert client.wait_until_closed() == CloseCode.RESTART
        goodbye = client.frames[-1]
        assert (goodbye["type"], goodbye["code"]) == ("bye", CloseCode.RESTART)
        assert goodbye["reconnect_within_seconds"] >= 2
    assert "Traceback" not in web.process.log()


def test_sighup_replaces_the_worker_and_its_sockets_say_goodbye(
    start_web: StartWeb, join: Connect, channel: str
) -> None:
    web = start_web()
    lina = join("lina", at=web)
    lina.subscribe(channel)
    web.tell(channel, "before")
    lina.wait_for_text("before")
    web.reload()
    assert lina.wait_until_closed(10) == CloseCode.RESTART
    again = join("lina", at=web)
    again.subscribe(channel, since=0)
    assert again.texts(channel) == ["before"]


def test_a_killed_process_loses_nothing_that_was_acknowledged(start_web: StartWeb, join: Connect, channel: str) -> None:
    first, second = start_web(), start_web()
    lina = join("lina", at=first)
    lina.subscribe(channel)
    first.tell(channel, "one")
    lina.wait_for_text("one")
    first.kill()
    assert lina.wait_until_closed() is None
    second.tell(channel, "two")
    again = join("lina", at=second)
    again.subscribe(channel, since=1)
    assert again.texts(channel) == ["two"]
