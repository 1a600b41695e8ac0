"""Tallies thinned out: of each figure only the latest counts, sent at most twenty times a second."""

from __future__ import annotations

from dataclasses import dataclass

INTERVAL_SECONDS = 0.05
_FORGOTTEN_AFTER_SECONDS = 60.0

#: Channel, name and key of one figure, the last two joined in a label.
Figure = tuple[str, str]


@dataclass(slots=True)
class _Latest:
    stamp: int
    sent_at: float
    waiting: bytes | None = None


class Conflation:
    """Remembers the latest frame of each figure; the first goes out at once, the next ones at the interval."""

    def __init__(self) -> None:
        self._figures: dict[Figure, _Latest] = {}
        self._waiting: set[Figure] = set()

    def offer(self, figure: Figure, stamp: int, frame: bytes, now: float) -> bytes | None:
        """Take a figure's frame; return it when it may go out now. One older than the latest is dropped."""
        latest = self._figures.get(figure)
        if latest is None:
            self._figures[figure] = _Latest(stamp, now)
            return frame
        if stamp < latest.stamp:
            return None
        latest.stamp = stamp
        if now - latest.sent_at >= INTERVAL_SECONDS and latest.waiting is None:
            latest.sent_at = now
            return frame
        latest.waiting = frame
        self._waiting.add(figure)
        return None

    def due(self, now: float) -> list[tuple[Figure, bytes]]:
        """Return the frames whose interval is over."""
        ready = []
        for figure in list(self._waiting):
            latest = self._figures[figure]
            if now - latest.sent_at >= INTERVAL_SECONDS and latest.waiting is not None:
                ready.append((figure, latest.waiting))
                latest.waiting, latest.sent_at = None, now
                self._waiting.discard(figure)
        return ready

    @property
    def is_waiting(self) -> bool:
        """Whether `due` has something to say later."""
        return bool(self._waiting)

    def forget_old(self, now: float) -> None:
        """Drop figures nobody has touched for a minute."""
        for figure, latest in list(self._figures.items()):
            if latest.waiting is None and now - latest.sent_at > _FORGOTTEN_AFTER_SECONDS:
                del self._figures[figure]
