"""Who is not backstage any more hears nothing of it within a second, in every web process, with Redis or without."""

from __future__ import annotations

import time

import pytest

from plugin.realtime import channels
from tests.realtime.conftest import Connect, StartWeb
from tests.realtime.stand_in import SESSION
from tests.servers.redis_server import RedisServer

pytestmark = pytest.mark.redis
BACKSTAGE, AUDIENCE = channels.backstage(SESSION), channels.audience(SESSION)


@pytest.fixture
def redis_url(private_redis: RedisServer) -> str:
    """A Redis that this test may kill."""
    return private_redis.tcp_url


@pytest.mark.parametrize("has_redis", [True, False], ids=["with Redis", "without Redis"])
def test_a_demoted_cohost_falls_silent_everywhere(
    start_web: StartWeb, join: Connect, private_redis: RedisServer, has_redis: bool
) -> None:
    first, second = start_web(), start_web()
    cole_here, cole_there, hana = join("cole", at=first), join("cole", at=second), join("hana", at=second)
    for client in (cole_here, cole_there, hana):
        client.subscribe(BACKSTAGE, AUDIENCE)
    first.tell(BACKSTAGE, "before")
    for client in (cole_here, cole_there, hana):
        client.wait_for_text("before")
    if not has_redis:
        private_redis.kill()
    demoted_at = time.monotonic()
    first.post("/demote", {"name": "cole"})
    for client in (cole_here, cole_there):
        told = client.wait_for("error")
        assert (told["code"], told["channel"]) == ("revoked", BACKSTAGE)
        assert told["at"] - demoted_at < (1.0 if has_redis else 2.0)
    first.tell(BACKSTAGE, "secret")
    hana.wait_for_text("secret")
    first.tell(AUDIENCE, "for all")
    for client in (cole_here, cole_there):
        client.wait_for_text("for all")
        assert client.texts(BACKSTAGE) == ["before"]
        client.subscribe(BACKSTAGE, since=0)
        assert client.frames[-1]["code"] == "forbidden"
        assert client.texts(BACKSTAGE) == ["before"]
    assert [frame for frame in hana.frames if frame["type"] == "error"] == []
