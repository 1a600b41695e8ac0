"""The app with an audio server in memory, and the room's people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from plugin.api.auth import RESOLVER
from plugin.core import tasks
from plugin.core.clock import now
from plugin.core.unit_of_work import HOOKS, Work
from plugin.outbox.subscribers import current_subscribers
from plugin.rooms import access, door_routes, routes
from plugin.rooms.ports import PORTS, Ports
from plugin.rooms.pushes import PUSHES
from plugin.rooms.subscriptions import SUBSCRIPTIONS
from tests.rooms.audio_server import AudioServer, AudioServers
from tests.rooms.house import House


@pytest.fixture
def house(app: Flask) -> House:
    """A room whose pushes are gathered and whose audio server does as it is told."""
    made = House(AudioServers(AudioServer()))
    PORTS.put(app, Ports(platforms=made.servers))
    tasks.SENDER.put(app, lambda name: None)
    HOOKS.of(app).before_commit.append(lambda work: _gather(work, made))
    for kind, subscriber in SUBSCRIPTIONS.items():
        if subscriber not in current_subscribers().of(kind):
            current_subscribers().add(kind, subscriber)
    return made


def _gather(work: Work, house: House) -> None:
    for happened in work.events:
        if push := PUSHES.get(type(happened)):
            house.told.extend(push(happened))


class Clock:
    """Time that a test can push forward."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self._traveller.shift(timedelta(seconds=seconds))


@pytest.fixture
def clock(house: House) -> Iterator[Clock]:
    """A clock that tests can push forward."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield Clock(traveller)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that reaches the database, to be counted."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def web(app: Flask, house: House) -> Flask:
    """The app with the rooms' routes, whoever has put them in."""
    if "rooms" not in app.blueprints:
        app.register_blueprint(routes.blueprint)
        app.register_blueprint(door_routes.blueprint)
    RESOLVER.put(app, access.actor_of)
    return app
