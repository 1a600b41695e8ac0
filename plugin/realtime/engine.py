"""What runs in one process once its first socket has come: reactor, hub, desk and listener, wired together."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog
from flask import Flask

from plugin.realtime import envelope, redis_link
from plugin.realtime.desk import Desk, LogReader
from plugin.realtime.dialogue import ActorOfSession, ChannelPolicy, Dialogue
from plugin.realtime.hub import Hub
from plugin.realtime.listener import Listener
from plugin.realtime.protocol import CloseCode
from plugin.realtime.switchboard import Switchboard
from plugin.realtime.tickets import Ticket

log = structlog.get_logger(__name__)

#: How often the log is compared while Redis is unsure, and how often all the same.
POLL_SECONDS = 1.0
SURE_POLLS = 5
_DOUBT_SECONDS = 5.0
_GOODBYE_SECONDS = 1.5


class Engine:
    """One per app and process; `adopt` and `receive` may be called from any thread."""

    def __init__(
        self,
        app: Flask,
        *,
        redis_url: str | None,
        prefix: str,
        actor_of_session: ActorOfSession,
        policies: Mapping[str, ChannelPolicy],
    ) -> None:
        self._switchboard = Switchboard()
        self._reactor = self._switchboard.reactor
        self._desk = Desk(app, self._reactor)
        self._listener = self._make_listener(redis_url, prefix)
        self._hub = Hub(self._switchboard, LogReader(self._desk), self._listener or _Nobody())
        dialogue = Dialogue(self._switchboard, self._hub, self._desk, actor_of_session, policies)
        self._switchboard.on_text = dialogue.on_text
        self._switchboard.sweeper.heartbeat_of = dialogue.heartbeat_of
        self._switchboard.on_gone = self._hub.leave_all
        self._switchboard.on_pass = self._hub.send_batches
        self._polls = 0
        self._doubted_until = 0.0

    def _make_listener(self, redis_url: str | None, prefix: str) -> Listener | None:
        if redis_url is None:
            return None
        return Listener(redis_link.for_listening(redis_url), prefix, self._received, self._confirmed)

    def start(self) -> None:
        """Start the threads."""
        self._reactor.post(self._hub.start)
        self._reactor.post(self._switchboard.sweeper.sweep)
        self._reactor.post(self._poll)
        self._reactor.start()
        if self._listener is not None:
            self._listener.start()

    def adopt(self, sock: socket.socket, ticket: Ticket) -> None:
        """Hand a parked socket over."""
        self._reactor.post(self._switchboard.adopt, sock, ticket.panel_session_id, ticket.account_id)

    def receive(self, messages: Mapping[str, bytes]) -> None:
        """Take messages that could not go through Redis, and compare with the log more often for a while."""
        self._doubted_until = time.monotonic() + _DOUBT_SECONDS
        for channel, message in messages.items():
            self._received(channel, list(envelope.unpack(message)))

    def _received(self, channel: str, entries: list[envelope.Entry]) -> None:
        self._reactor.post(self._hub.receive, channel, entries)

    def _confirmed(self, channels: list[str]) -> None:
        self._reactor.post(self._hub.check, channels)

    def _poll(self) -> None:
        self._reactor.call_later(POLL_SECONDS, self._poll)
        self._polls += 1
        is_sure = self._listener is not None and self._listener.is_sure and time.monotonic() > self._doubted_until
        if not is_sure or self._polls % SURE_POLLS == 0:
            self._hub.check(self._hub.names)

    def close(self) -> None:
        """Say goodbye to every socket and spread their return; called when the process ends."""
        within = max(2.0, 2 * len(self._switchboard.connections) * 0.0005)
        self._reactor.post(self._switchboard.close_all, CloseCode.RESTART, within)
        deadline = time.monotonic() + _GOODBYE_SECONDS
        while self._switchboard.connections and time.monotonic() < deadline:
            time.sleep(0.01)
        self._reactor.stop()
        if self._listener is not None:
            self._listener.stop(0.2)
        self._desk.stop()
        for connection in list(self._switchboard.connections):
            with suppress(OSError):
                connection.sock.close()


class _Nobody:
    """Stands for Redis where there is none: everything comes by comparing with the log."""

    def subscribe(self, name: str) -> None:
        """Nothing to do."""

    def unsubscribe(self, name: str) -> None:
        """Nothing to do."""
