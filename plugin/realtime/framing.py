"""WebSocket framing: server frames made once as bytes, client frames read strictly."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress

from wsproto.frame_protocol import Frame, FrameDecoder, Opcode, ParseFailed

from plugin.realtime.protocol import MAX_FRAME_BYTES, CloseCode, FrameError

PING = b"\x89\x00"
_CLOSE_CODES_ON_THE_WIRE = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})


def text_frame(text: str) -> bytes:
    """Frame a text message; server frames are unmasked, so the same bytes go to every member."""
    return _frame(Opcode.TEXT, text.encode())


def frame_text(frame: bytes) -> str:
    """Return the text of a frame that `text_frame` made."""
    start = {126: 4, 127: 10}.get(frame[1], 2)
    return frame[start:].decode()


def pong_frame(payload: bytes) -> bytes:
    """Answer a ping with its own payload."""
    return _frame(Opcode.PONG, payload)


def close_frame(code: int, reason: str = "") -> bytes:
    """Close with a code and a short reason."""
    return _frame(Opcode.CLOSE, struct.pack("!H", code) + reason.encode()[:120])


def _frame(opcode: Opcode, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


class FrameReader:
    """Reads one client's frames; made when bytes arrive and dropped when nothing is half-read."""

    __slots__ = ("_decoder", "_is_open", "_message")

    def __init__(self) -> None:
        self._decoder = FrameDecoder(client=False)
        self._message = bytearray()
        self._is_open = False

    @property
    def is_idle(self) -> bool:
        """Nothing is half-read, so the reader may be dropped."""
        return not self._is_open and self._decoder.header is None and not len(self._decoder.buffer)

    def read(self, data: bytes) -> Iterator[tuple[Opcode, bytes]]:
        """Yield whole messages and control frames; raises `FrameError` with the close code."""
        self._decoder.receive_bytes(data)
        while (frame := self._next_frame()) is not None:
            if frame.opcode.iscontrol():
                yield frame.opcode, bytes(frame.payload)  # type: ignore[arg-type]  # the decoder yields bytes
            elif self._append(frame):
                message = bytes(self._message)
                self._message.clear()
                self._is_open = False
                yield Opcode.TEXT, message

    def _next_frame(self) -> Frame | None:
        try:
            frame = self._decoder.process_buffer()
        except ParseFailed as error:
            raise FrameError(CloseCode.PROTOCOL_ERROR) from error
        header = self._decoder.header
        if header is not None and len(self._message) + header.payload_len > MAX_FRAME_BYTES:
            raise FrameError(CloseCode.TOO_BIG)
        return frame

    def _append(self, frame: Frame) -> bool:
        """Add a piece of a message; True when the message is whole."""
        if frame.opcode is Opcode.BINARY:
            raise FrameError(CloseCode.UNSUPPORTED_DATA)
        if (frame.opcode is Opcode.CONTINUATION) != self._is_open:
            raise FrameError(CloseCode.PROTOCOL_ERROR)
        self._is_open = True
        self._message += frame.payload  # type: ignore[arg-type]  # the decoder yields bytes
        if len(self._message) > MAX_FRAME_BYTES:
            raise FrameError(CloseCode.TOO_BIG)
        return frame.frame_finished and frame.message_finished


def close_code(payload: bytes) -> int:
    """Return the code of a client's close frame, to be echoed; a malformed one is a protocol error."""
    if not payload:
        return CloseCode.NORMAL
    code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 0
    if code not in _CLOSE_CODES_ON_THE_WIRE:
        raise FrameError(CloseCode.PROTOCOL_ERROR)
    return int(code)


def utf8(payload: bytes) -> str:
    """Decode a text message, or say that it is none."""
    with suppress(UnicodeDecodeError):
        return payload.decode()
    raise FrameError(CloseCode.NOT_UTF8)
