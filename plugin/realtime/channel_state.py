"""One channel as this process knows it: who listens, how far it is, and the last frames for those who come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from plugin.realtime.connection import Connection
from plugin.realtime.ordering import SeqOrder

RING_FRAMES = 256
RING_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who wants to hear the channel once we know how far it is."""

    connection: Connection
    since: int | None


class ChannelState:
    """Lives in the reactor's thread. ``order`` is None until the channel's number was read from the log."""

    __slots__ = (
        "batch",
        "early",
        "empty_since",
        "hole_is_timed",
        "is_filling",
        "members",
        "name",
        "order",
        "ring",
        "ring_bytes",
        "tap",
        "waiting",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: set[Connection] = set()
        self.order: SeqOrder[bytes] | None = None
        #: What came before we knew how far the channel is.
        self.early: list[tuple[int, bytes]] = []
        self.waiting: list[Waiting] = []
        self.ring: deque[tuple[int, bytes]] = deque()
        self.ring_bytes = 0
        #: Frames of this turn of the loop, sent joined at its end.
        self.batch: list[bytes] = []
        self.is_filling = False
        self.hole_is_timed = False
        self.empty_since: float | None = None
        #: Set on channels this process itself listens to.
        self.tap: Callable[[bytes], None] | None = None

    @property
    def last(self) -> int:
        """The number of the latest push that went out."""
        return self.order.last if self.order else 0

    def remember(self, seq: int, frame: bytes) -> None:
        """Keep a frame for those who come back soon."""
        self.ring.append((seq, frame))
        self.ring_bytes += len(frame)
        while len(self.ring) > RING_FRAMES or self.ring_bytes > RING_BYTES:
            self.ring_bytes -= len(self.ring.popleft()[1])

    def forget_frames(self) -> None:
        """Empty the ring: what comes next does not follow on what is in it."""
        self.ring.clear()
        self.ring_bytes = 0

    def kept_since(self, since: int) -> bytes | None:
        """Return the frames after ``since``, joined, or None when the ring does not reach back that far."""
        if since >= self.last:
            return b""
        if not self.ring or self.ring[0][0] > since + 1:
            return None
        return b"".join([frame for seq, frame in self.ring if seq > since])
