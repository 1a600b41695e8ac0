"""Five hundred votes in a moment become a few frames, and the last one is the truth."""

from __future__ import annotations

import time

import pytest

from plugin.realtime import channels
from tests.realtime.conftest import Connect
from tests.realtime.stand_in import SESSION
from tests.realtime.web_process import WebProcess

pytestmark = pytest.mark.redis
AUDIENCE = channels.audience(SESSION)


def test_votes_are_conflated_and_end_with_the_latest(web: WebProcess, join: Connect) -> None:
    lina = join("lina")
    lina.subscribe(AUDIENCE)
    started_at = time.monotonic()
    for votes in range(1, 201):
        web.post("/count", {"key": "qst_1", "votes": votes})
    seconds = time.monotonic() - started_at
    lina.wait_until(lambda frame: frame["type"] == "push" and frame["data"]["votes"] == 200)
    votes_seen = [frame["data"]["votes"] for frame in lina.pushes(AUDIENCE)]
    assert votes_seen == sorted(votes_seen)
    assert len(votes_seen) <= 20 * seconds + 2
    assert all("seq" not in frame for frame in lina.pushes(AUDIENCE))
    assert lina.frames[1]["seq"] == 0  # votes do not move the channel's number
