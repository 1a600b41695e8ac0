"""What travels through Redis: ready frames with their number, several in one message, nobody parses JSON again."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_HEAD = struct.Struct("!BQHI")


class Kind(IntEnum):
    """A numbered push, or a tally with a stamp."""

    PUSH = 1
    TALLY = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One ready frame. ``number`` is a push's seq or a tally's stamp; ``label`` names a tally's figure."""

    kind: Kind
    number: int
    frame: bytes
    label: str = ""


def pack(entries: Iterable[Entry]) -> bytes:
    """Join entries of one channel into one message."""
    parts = []
    for entry in entries:
        label = entry.label.encode()
        parts += [_HEAD.pack(entry.kind, entry.number, len(label), len(entry.frame)), label, entry.frame]
    return b"".join(parts)


def unpack(message: bytes) -> Iterator[Entry]:
    """Yield the entries of a message; ValueError when it is not one of ours."""
    position = 0
    while position < len(message):
        try:
            kind, number, label_size, frame_size = _HEAD.unpack_from(message, position)
        except struct.error as error:
            raise ValueError("a message that is not ours") from error
        start = position + _HEAD.size
        end = start + label_size + frame_size
        if end > len(message):
            raise ValueError("a message that is cut off")
        label = message[start : start + label_size].decode()
        yield Entry(Kind(kind), number, message[start + label_size : end], label)
        position = end
