"""Two people hear a room through parked sockets of a real gunicorn process."""

from __future__ import annotations

import pytest

from tests.realtime.conftest import Connect
from tests.realtime.web_process import WebProcess

pytestmark = pytest.mark.redis


def test_two_people_get_the_same_pushes_in_order(web: WebProcess, join: Connect, channel: str) -> None:
    lina, omar = join("lina"), join("omar")
    lina.subscribe(channel)
    omar.subscribe(channel)
    for number in range(20):
        web.tell(channel, f"one {number}", f"two {number}")
    for client in (lina, omar):
        client.wait_for_text("two 19")
        assert client.seqs(channel) == list(range(1, 41))
        assert client.texts(channel)[:3] == ["one 0", "two 0", "one 1"]


def test_compression_is_never_negotiated(join: Connect) -> None:
    lina = join("lina")
    assert lina.socket.response is not None
    assert "Sec-WebSocket-Extensions" not in lina.socket.response.headers
    assert lina.socket.subprotocol == "sidestage.v1"
