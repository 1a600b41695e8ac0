"""After the end hosts talk for a day; then it can only be read, and after thirty days it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from plugin.core.clock import now
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import sweeps
from plugin.messaging.errors import ReadOnlyError
from plugin.rooms import sessions
from tests.backchannel.hosts import Hosts


def move(hosts: Hosts, to: str) -> None:
    with unit_of_work():
        sessions.move(hosts.hana, to)


def test_a_day_for_the_debrief(hosts: Hosts) -> None:
    move(hosts, "live")
    move(hosts, "ended")
    hosts.say(hosts.hana, "That went well")
    ended_at = now()
    with time_machine.travel(ended_at + timedelta(hours=23, minutes=59)):
        hosts.say(hosts.hana, "Thank you all")
    with time_machine.travel(ended_at + timedelta(hours=24, seconds=1)):
        with pytest.raises(ReadOnlyError):
            hosts.say(hosts.hana, "Too late")
        sweeps.close_conversations()
        assert hosts.conversation.state == "read_only"
    with time_machine.travel(ended_at + timedelta(days=30, seconds=1)):
        sweeps.erase_conversations()
    assert hosts.ask(hosts.hana, "GET", "/bootstrap").get_json().get("backchannel") is None


def test_a_session_that_comes_back_has_no_end_in_sight(hosts: Hosts) -> None:
    for state in ("live", "ended", "live"):
        move(hosts, state)
    assert hosts.conversation.closes_at is None
    assert hosts.conversation.state == "open"
