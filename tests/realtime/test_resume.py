"""Who comes back gets exactly what was missed, from memory, from the log, or is told that it is gone."""

from __future__ import annotations

import pytest

from tests.realtime.conftest import Connect, StartWeb
from tests.realtime.web_process import WebProcess

pytestmark = pytest.mark.redis


def numbered(first: int, last: int) -> list[str]:
    return [f"text {number}" for number in range(first, last + 1)]


def test_a_dropped_client_resumes_where_it_was(web: WebProcess, join: Connect, channel: str) -> None:
    lina, omar = join("lina"), join("omar")
    lina.subscribe(channel)
    omar.subscribe(channel)
    web.tell(channel, *numbered(1, 5))
    lina.wait_for_text("text 5")
    lina.socket.socket.close()
    web.tell(channel, *numbered(6, 40))
    omar.wait_for_text("text 40")
    again = join("lina")
    again.subscribe(channel, since=5)
    assert [frame["type"] for frame in again.frames] == ["welcome", "subscribed", *["push"] * 35, "caught_up"]
    assert again.seqs(channel) == list(range(6, 41))
    assert again.texts(channel) == numbered(6, 40)
    assert again.frames[-1]["seq"] == 40
    web.tell(channel, "text 41")
    again.wait_for_text("text 41")
    assert again.seqs(channel) == list(range(6, 42))


def test_a_restarted_process_resumes_from_the_log(start_web: StartWeb, join: Connect, channel: str) -> None:
    first, second = start_web(), start_web()
    first.tell(channel, *numbered(1, 300))
    lina = join("lina", at=second)
    lina.subscribe(channel, since=100)
    assert lina.texts(channel) == numbered(101, 300)
    omar = join("omar", at=second)
    omar.subscribe(channel, since=0)
    assert omar.seqs(channel) == list(range(1, 301))
    assert omar.frames[-1] == {"type": "caught_up", "channel": channel, "seq": 300, "at": omar.frames[-1]["at"]}


def test_without_a_number_only_news_is_sent(web: WebProcess, join: Connect, channel: str) -> None:
    web.tell(channel, *numbered(1, 3))
    lina = join("lina")
    lina.subscribe(channel)
    assert lina.texts(channel) == []
    assert lina.frames[-1]["seq"] == 3
    web.tell(channel, "text 4")
    lina.wait_for_text("text 4")
    assert lina.seqs(channel) == [4]


def test_too_far_behind_trimmed_or_ahead_of_the_log_is_a_gap(web: WebProcess, join: Connect, channel: str) -> None:
    for first in range(1, 1201, 100):
        web.tell(channel, *numbered(first, first + 99))
    lina, omar = join("lina"), join("omar")
    lina.subscribe(channel, since=10)
    assert (lina.frames[-1]["type"], lina.frames[-1]["seq"]) == ("gap", 1200)
    lina.subscribe(channel, since=5000)
    assert (lina.frames[-1]["type"], lina.frames[-1]["seq"]) == ("gap", 1200)
    assert web.post("/trim")["trimmed"] >= 1200
    omar.subscribe(channel, since=600)
    assert (omar.frames[-1]["type"], omar.frames[-1]["seq"]) == ("gap", 1200)
    web.tell(channel, "after the gap")
    for client in (lina, omar):
        client.wait_for_text("after the gap")
        assert client.seqs(channel) == [1201]


def test_subscribing_again_repairs_a_hole_without_doubles(web: WebProcess, join: Connect, channel: str) -> None:
    lina = join("lina")
    lina.subscribe(channel)
    web.tell(channel, *numbered(1, 4))
    lina.wait_for_text("text 4")
    lina.frames.clear()
    lina.subscribe(channel, since=2)
    web.tell(channel, "text 5")
    lina.wait_for_text("text 5")
    assert lina.seqs(channel) == [3, 4, 5]


def test_nothing_follows_an_unsubscribe(web: WebProcess, join: Connect, channel: str) -> None:
    lina, omar = join("lina"), join("omar")
    lina.subscribe(channel)
    omar.subscribe(channel)
    lina.say(type="unsubscribe", channel=channel)
    lina.say(type="ping")
    assert lina.wait_for("heartbeat")["channels"] == {}
    web.tell(channel, "unheard")
    omar.wait_for_text("unheard")
    lina.say(type="ping")
    lina.wait_for("heartbeat")
    assert lina.texts(channel) == []


def test_a_heartbeat_names_the_latest_numbers(web: WebProcess, join: Connect, channel: str) -> None:
    lina = join("lina")
    lina.subscribe(channel)
    web.tell(channel, *numbered(1, 2))
    lina.wait_for_text("text 2")
    lina.say(type="ping")
    assert lina.wait_for("heartbeat")["channels"] == {channel: 2}
