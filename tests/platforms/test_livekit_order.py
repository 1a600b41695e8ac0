"""Whatever the order in which LiveKit's webhooks arrive, and however often: the same people are there in the end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.livekit.adapter import LiveKitAdapter
from plugin.rooms import events as room_events
from plugin.rooms.models import Participant, Room, RoomSession
from plugin.rooms.ports import PlatformEvent
from tests.platforms import recordings
from tests.platforms.livekit_bench import connection_to

ORDERS = 200


@pytest.fixture
def evening() -> list[PlatformEvent]:
    """A recorded evening: Hana and Lina join, Lina speaks, opens a second tab, is removed; Hana leaves."""
    adapter = LiveKitAdapter(connection_to("ws://127.0.0.1:7880"))
    told: list[PlatformEvent] = []
    for one in recordings.load("livekit"):
        with time_machine.travel(one.at, tick=False):
            told += adapter.parse_events(one.headers, one.raw)
    return [event for event in told if event.room == "ama-1400"]


@pytest.mark.redis
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("length", [3, 5, 8, 99])
def test_any_order_of_arrival_ends_alike(app: Flask, evening: list[PlatformEvent], length: int) -> None:
    """Also of the beginnings of the evening, in which somebody is still there."""
    told = evening[:length]
    in_order = _after("in-order", told)
    assert in_order["people"]
    chance = random.Random(length)
    for number in range(ORDERS // 4):
        shuffled = told * 3
        chance.shuffle(shuffled)
        assert _after(f"order-{length}-{number}", shuffled) == in_order


def _after(install_id: str, told: Sequence[PlatformEvent]) -> dict[str, object]:
    with unit_of_work():  # one for all: a commit for each of 20,000 deliveries would take minutes
        for event in told:
            room_events.receive(install_id, [replace(event, event_id=f"{install_id}:{event.event_id}")])
    runs = session().scalars(select(RoomSession).join(Room).where(Room.install_id == install_id)).all()
    people = session().scalars(select(Participant).where(Participant.session_id.in_([run.id for run in runs]))).all()
    present = {str(one.platform_user_id): (one.is_present, one.can_speak, one.is_audible) for one in people}
    return {"people": present, "runs": [(run.state, run.present_count) for run in runs]}
