"""The cast in the house's own composition, with an audio server in memory."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.accounts.follow_graph import FollowGraph
from plugin.core import tasks
from plugin.rooms.ports import PORTS, Ports
from tests.chats.cast import Chats
from tests.messaging.cast import gather
from tests.rooms.audio_server import AudioServer, AudioServers


@pytest.fixture
def chats(app: Flask) -> Chats:
    """Everyone, and what they do in chats."""
    PORTS.put(app, Ports(platforms=AudioServers(AudioServer()), follows=FollowGraph()))
    tasks.SENDER.put(app, lambda name: None)
    return Chats(gather(app))
