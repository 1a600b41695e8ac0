"""What the tests of the LiveKit adapter stand on: its connection, and tokens a site could have made."""

from __future__ import annotations

from typing import Any

from plugin.platforms.adapter import Connection
from plugin.rooms.ports import Capability
from tests.servers.livekit import KEY, SECRET


def connection_to(url: str, **config: Any) -> Connection:
    """An install of the LiveKit server at this address that was granted everything."""
    return Connection(
        install_id="ins_livekit",
        kind="livekit",
        host_id=url,
        origin=None,
        action_url=None,
        allows_private_addresses=True,
        granted=frozenset(Capability),
        secrets={},
        config={"url": url, "key": KEY, "secret": SECRET, **config},
    )
