"""A panel's socket as tests drive it: connects with a ticket, subscribes, gathers frames."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.realtime.stand_in import ORIGIN

Frame = dict[str, Any]


def open_socket(url: str, ticket: str | None, origin: str | None = ORIGIN, **options: Any) -> ClientConnection:
    """Do the handshake only; websockets offers compression, as browsers do."""
    subprotocols = [Subprotocol("sidestage.v1")] + ([Subprotocol(f"ticket.{ticket}")] if ticket is not None else [])
    connection: ClientConnection = connect(
        url,
        origin=Origin(origin) if origin else None,
        subprotocols=subprotocols,
        max_size=None,
        max_queue=None,
        proxy=None,
        close_timeout=2,
        ping_interval=None,
        **options,
    )
    connection.__enter__()  # its end is `close`; a `with` block would be too narrow for these tests
    return connection


class Door(Protocol):
    """Where a panel gets its ticket and opens its socket."""

    @property
    def socket_url(self) -> str:
        """The socket's address."""

    def ticket(self, name: str) -> str:
        """A ticket for somebody of the cast."""


class PanelClient:
    """One person's socket."""

    def __init__(self, web: Door, name: str, **options: Any) -> None:
        self.socket = open_socket(web.socket_url, web.ticket(name), **options)
        self.frames: list[Frame] = []
        self.say(type="hello", version=1)
        self.wait_for("welcome")

    def say(self, **frame: Any) -> None:
        """Send one frame."""
        self.socket.send(json.dumps(frame))

    def subscribe(self, *channels: str, since: int | None = None) -> None:
        """Subscribe and wait until every channel is caught up, gone or refused."""
        self.say(type="subscribe", channels=[{"name": name, "seq": since} for name in channels])
        waiting = set(channels)
        while waiting:
            frame = self.read()
            if frame["type"] in ("caught_up", "gap", "error"):
                waiting.discard(frame["channel"])

    def read(self, seconds: float = 5.0) -> Frame:
        """The next frame; TimeoutError when none comes."""
        frame: Frame = json.loads(self.socket.recv(timeout=seconds))
        frame["at"] = time.monotonic()
        self.frames.append(frame)
        return frame

    def wait_until(self, is_it: Callable[[Frame], object], seconds: float = 5.0) -> Frame:
        """Read until a frame fits."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self.read(max(0.01, deadline - time.monotonic()))
            if is_it(frame):
                return frame

    def wait_for(self, kind: str, seconds: float = 5.0) -> Frame:
        """Read until a frame of this type comes."""
        return self.wait_until(lambda frame: bool(frame["type"] == kind), seconds)

    def wait_for_text(self, text: str, seconds: float = 5.0) -> Frame:
        """Read until this text was pushed."""
        return self.wait_until(lambda frame: frame["type"] == "push" and frame["data"].get("text") == text, seconds)

    def read_for(self, seconds: float) -> None:
        """Gather whatever comes in the next seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.read(left)
            except TimeoutError:
                return

    def pushes(self, channel: str) -> list[Frame]:
        """What was pushed on a channel so far."""
        return [frame for frame in self.frames if frame["type"] == "push" and frame["channel"] == channel]

    def seqs(self, channel: str) -> list[int]:
        """The numbers of what was pushed on a channel so far."""
        return [frame["seq"] for frame in self.pushes(channel)]

    def texts(self, channel: str) -> list[str]:
        """The texts that were pushed on a channel so far."""
        return [frame["data"]["text"] for frame in self.pushes(channel)]

    def wait_until_closed(self, seconds: float = 5.0) -> int | None:
        """Read until the server closes; its code."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self.read(max(0.01, deadline - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def close(self) -> None:
        """Say goodbye."""
        self.socket.close()
