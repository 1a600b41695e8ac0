"""The house of the rooms' tests, with its doors; the backchannel comes with it."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.core import tasks
from plugin.qa.ownership import Ownership
from plugin.rooms.ports import PORTS, Ports
from tests.backchannel.hosts import Hosts
from tests.rooms.audio_server import AudioServer, AudioServers
from tests.rooms.house import House


@pytest.fixture
def hosts(app: Flask) -> Hosts:
    """Hana, who came first, in a room of the house; the others come when a test lets them in."""
    servers = AudioServers(AudioServer())
    PORTS.put(app, Ports(platforms=servers, questions=Ownership()))
    tasks.SENDER.put(app, lambda name: None)
    return Hosts(app, House(servers))
