"""A room with the cast, in the house's own composition with an audio server in memory."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.accounts.follow_graph import FollowGraph
from plugin.core import tasks
from plugin.rooms.ports import PORTS, Ports
from tests.messaging.cast import Cast, gather
from tests.rooms.audio_server import AudioServer, AudioServers


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Everyone: a live room, Nadia in another one, Zoe at another install."""
    PORTS.put(app, Ports(platforms=AudioServers(AudioServer()), follows=FollowGraph()))
    tasks.SENDER.put(app, lambda name: None)
    return gather(app)
