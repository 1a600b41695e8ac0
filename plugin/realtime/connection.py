"""One parked socket: who is behind it, what waits to be written, and what is half-read."""

from __future__ import annotations

import socket
from collections import deque
from enum import IntEnum

from plugin.realtime.framing import FrameReader

#: Past this a client that does not read is evicted.
MAX_QUEUED_BYTES = 1024 * 1024
#: The kernel doubles it; a larger one hides clients that are stuck.
SEND_BUFFER_BYTES = 32 * 1024


class State(IntEnum):
    """Where a connection stands."""

    OPEN = 0
    #: A close frame is on its way; the client's own is awaited for a few seconds.
    CLOSING = 1
    #: The client's close frame was answered; nothing more is awaited.
    ANSWERED = 2
    CLOSED = 3


class Connection:
    """A client's socket, owned by the reactor thread; nothing else touches it once it is adopted."""

    __slots__ = (
        "account_id",
        "channels",
        "frames_count",
        "heard_at",
        "is_greeted",
        "is_watched_for_writing",
        "panel_session_id",
        "queue",
        "queued_bytes",
        "reader",
        "send",
        "sock",
        "state",
    )

    def __init__(self, sock: socket.socket, panel_session_id: str, account_id: str) -> None:
        self.sock = sock
        #: Bound once: it is called for every member and frame.
        self.send = sock.send
        self.panel_session_id = panel_session_id
        self.account_id = account_id
        #: Channel name → True once it is heard, False while the subscription is looked up.
        self.channels: dict[str, bool] = {}
        self.queue: deque[bytes] | None = None
        self.queued_bytes = 0
        self.reader: FrameReader | None = None
        self.state = State.OPEN
        self.is_greeted = False
        self.is_watched_for_writing = False
        self.frames_count = 0
        self.heard_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether frames may still be sent."""
        return self.state is State.OPEN

    def write(self, data: bytes) -> None:
        """Send now what the kernel takes and queue the rest; raises OSError when the client is gone."""
        sent = 0
        if self.queue is None:
            try:
                sent = self.send(data)
            except BlockingIOError:
                sent = 0
        if sent < len(data):
            self.enqueue(data[sent:])

    def enqueue(self, data: bytes) -> None:
        """Queue what the kernel did not take."""
        if self.queue is None:
            self.queue = deque()
        self.queue.append(data)
        self.queued_bytes += len(data)

    def flush(self) -> bool:
        """Send what is queued; True when nothing waits any more. Raises OSError when the client is gone."""
        while self.queue:
            data = self.queue[0]
            try:
                sent = self.send(data)
            except BlockingIOError:
                return False
            self.queued_bytes -= sent
            if sent < len(data):
                self.queue[0] = data[sent:]
                return False
            self.queue.popleft()
        self.queue = None
        return True

    def keep_only_the_torn_frame(self) -> None:
        """Drop what waits behind the piece that is half sent, so that a close frame can follow it."""
        if self.queue:
            torn = self.queue[0]
            self.queue = deque([torn])
            self.queued_bytes = len(torn)
