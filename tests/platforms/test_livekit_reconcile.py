"""Webhooks that LiveKit sent into the void: a look at its list puts things right, with the real server."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.livekit.adapter import LiveKitAdapter
from plugin.rooms import events as room_events
from plugin.rooms.models import Participant
from plugin.rooms.ports import PORTS, Identity, Platform, Ports
from plugin.rooms.reconcile import GRACE_SECONDS, reconcile_live_rooms
from tests.platforms.livekit_bench import connection_to
from tests.servers.livekit import Audience, LiveKitServer
from tests.servers.waiting import wait_until
from tests.servers.webhook_sink import WebhookSink

pytestmark = [
    pytest.mark.livekit,
    pytest.mark.redis,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
INSTALL = "ins_livekit"
_numbers = itertools.count(1)


@dataclass
class OneLiveKit:
    """Rooms' `Platforms` with a single server behind it."""

    adapter: LiveKitAdapter

    def platform(self, install_id: str) -> Platform:
        return self.adapter

    def kind(self, install_id: str) -> str:
        return self.adapter.kind

    def identity(self, install_id: str, token: str, room: str) -> Identity:
        return self.adapter.verify_identity(token, room)


@pytest.fixture
def adapter(app: Flask, livekit_server: LiveKitServer) -> LiveKitAdapter:
    adapter = LiveKitAdapter(connection_to(livekit_server.url))
    PORTS.put(app, Ports(platforms=OneLiveKit(adapter)))
    return adapter


@pytest.fixture
def room(adapter: LiveKitAdapter, livekit_sink: WebhookSink) -> str:
    """A room of which only the start was told."""
    name = f"reconcile-{next(_numbers)}"
    adapter.create_room(name, "")
    delivery = livekit_sink.wait_for(name, "room_started")
    with unit_of_work():
        room_events.receive(INSTALL, adapter.parse_events(delivery.headers, delivery.raw))
    return name


def test_people_of_whom_no_webhook_came_appear_and_disappear(room: str, audience: Audience) -> None:
    lina = audience.join(room, "lina")
    audience.join(room, "omar", can_publish=True).publish_tone()
    wait_until(lambda: _after_a_look().get("omar") == (True, True), "a look at the list to find both")
    assert _here() == {"lina": (False, False), "omar": (True, True)}
    assert reconcile_live_rooms() == 0

    lina.leave()
    with time_machine.travel(now() + timedelta(seconds=GRACE_SECONDS + 1)):
        wait_until(lambda: "lina" not in _after_a_look(), "a look at the list to miss Lina")
    assert _here() == {"omar": (True, True)}


def test_a_late_webhook_changes_nothing_that_the_list_knew_better(
    adapter: LiveKitAdapter, room: str, audience: Audience, livekit_sink: WebhookSink
) -> None:
    audience.join(room, "lina")
    adapter.promote(room, "lina")
    assert reconcile_live_rooms() == 1
    assert _here() == {"lina": (True, False)}
    late = livekit_sink.wait_for(room, "participant_joined", "lina")  # from before she could speak
    with unit_of_work():
        room_events.receive(INSTALL, adapter.parse_events(late.headers, late.raw))
    assert _here() == {"lina": (True, False)}


def test_a_server_that_is_gone_empties_no_room(app: Flask, room: str, audience: Audience) -> None:
    audience.join(room, "lina")
    assert reconcile_live_rooms() == 1
    PORTS.put(app, Ports(platforms=OneLiveKit(LiveKitAdapter(connection_to("ws://127.0.0.1:9")))))
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert reconcile_live_rooms() == 0
    assert _here() == {"lina": (False, False)}


def _after_a_look() -> dict[str, tuple[bool, bool]]:
    reconcile_live_rooms()
    return _here()


def _here() -> dict[str, tuple[bool, bool]]:
    """Who is here by what we know: may they speak, are they heard."""
    session().rollback()
    session().expire_all()
    people = session().scalars(select(Participant).where(Participant.is_present))
    return {str(person.platform_user_id): (person.can_speak, person.is_audible) for person in people}
