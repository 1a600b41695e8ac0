"""The only timer for all sockets: each second a twentieth of them is pinged, told how far it is, or let go."""

from __future__ import annotations

import time
from collections.abc import Callable

from plugin.realtime import framing
from plugin.realtime.connection import Connection
from plugin.realtime.protocol import HEARTBEAT_SECONDS, CloseCode
from plugin.realtime.reactor import Reactor

#: Without a byte for this long a client counts as gone.
SILENT_AFTER_SECONDS = 2 * HEARTBEAT_SECONDS
#: A client that never said anything is waited for this long.
GREETING_SECONDS = 10


class Sweeper:
    """Lives in the reactor's thread. Clients are spread over rounds, so that no second has more to do than another."""

    def __init__(
        self,
        reactor: Reactor,
        write: Callable[[Connection, bytes], None],
        close: Callable[[Connection, CloseCode], None],
    ) -> None:
        self._reactor = reactor
        self._write = write
        self._close = close
        self._rounds: list[set[Connection]] = [set() for _ in range(HEARTBEAT_SECONDS)]
        self._round = 0
        self.heartbeat_of: Callable[[Connection], str | None] = lambda _connection: None

    def add(self, connection: Connection) -> None:
        """Look after a connection from now on."""
        min(self._rounds, key=len).add(connection)

    def discard(self, connection: Connection) -> None:
        """Look after it no more."""
        for members in self._rounds:
            members.discard(connection)

    def sweep(self) -> None:
        """Do one round, and the next one in a second."""
        self._reactor.call_later(1.0, self.sweep)
        self._round = (self._round + 1) % len(self._rounds)
        now = time.monotonic()
        for connection in list(self._rounds[self._round]):
            self._look_after(connection, now)

    def _look_after(self, connection: Connection, now: float) -> None:
        connection.frames_count = 0
        limit = SILENT_AFTER_SECONDS if connection.is_greeted else GREETING_SECONDS
        if now - connection.heard_at > limit:
            self._close(connection, CloseCode.SILENT)
        elif connection.queue is None:
            beat = self.heartbeat_of(connection)
            self._write(connection, framing.PING + (framing.text_frame(beat) if beat else b""))
