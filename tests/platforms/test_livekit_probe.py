"""What the install wizard is told about a LiveKit server."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from plugin.core.clock import now
from plugin.platforms.livekit.probe import Level, probe
from tests.servers.livekit import KEY, SECRET, LiveKitServer
from tests.servers.ports import free_port


def codes(url: str, key: str = KEY, secret: str = SECRET) -> dict[str, Level]:
    return {finding.code: finding.level for finding in probe(url, key, secret)}


def test_an_address_that_is_none_is_told_with_an_example() -> None:
    (finding,) = probe("livekit.example.org", KEY, SECRET)
    assert (finding.level, finding.code) == (Level.PROBLEM, "bad_address")
    assert "wss://livekit.example.org" in finding.message


def test_a_server_that_does_not_answer_is_told_with_its_address() -> None:
    port = free_port()
    finding = probe(f"ws://127.0.0.1:{port}", KEY, SECRET)[-1]
    assert (finding.level, finding.code) == (Level.PROBLEM, "unreachable")
    assert f"http://127.0.0.1:{port}" in finding.message


@pytest.mark.livekit
def test_a_right_server_has_no_problem(livekit_server: LiveKitServer) -> None:
    found = codes(livekit_server.url)
    assert found == {"clock": Level.OK, "key": Level.OK, "remote_unmute": Level.HINT}


@pytest.mark.livekit
@pytest.mark.parametrize(("key", "secret"), [("APIother", SECRET), (KEY, "x" * 40)])
def test_a_wrong_key_or_secret_is_told(livekit_server: LiveKitServer, key: str, secret: str) -> None:
    assert codes(livekit_server.url, key, secret)["key_refused"] is Level.PROBLEM
    messages = " ".join(finding.message for finding in probe(livekit_server.url, key, secret))
    assert secret not in messages and "eyJ" not in messages


@pytest.mark.livekit
@pytest.mark.parametrize(("minutes", "words"), [(-2, "ahead of"), (2, "behind")])
def test_a_clock_that_is_off_is_told_with_its_direction(
    livekit_server: LiveKitServer, minutes: int, words: str
) -> None:
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        (finding,) = [one for one in probe(livekit_server.url, KEY, SECRET) if one.code == "clock_skew"]
    assert finding.level is Level.PROBLEM
    assert re.search(rf"clock is 1(19|20|21) s {words} this machine", finding.message)


@pytest.mark.livekit
@pytest.mark.filterwarnings("ignore:The HMAC key is")
def test_a_short_secret_is_worth_a_warning(livekit_server: LiveKitServer) -> None:
    assert codes(livekit_server.url, KEY, "secret-of-24-characters!!")["short_secret"] is Level.WARNING
