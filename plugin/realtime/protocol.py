"""The socket's language: every frame is built and read here; docs/protocol.md says the same in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

SUBPROTOCOL = "sidestage.v1"
TICKET_PREFIX = "ticket."
VERSION = 1
HEARTBEAT_SECONDS = 20
MAX_FRAME_BYTES = 64 * 1024
MAX_CHANNELS = 16
MAX_CHANNEL_LENGTH = 160

#: Members of each frame besides ``type``; a question mark says that the member may be missing.
CLIENT_FRAMES: Mapping[str, tuple[str, ...]] = {
    "hello": ("version",),
    "subscribe": ("channels",),
    "unsubscribe": ("channel",),
    "typing": ("channel",),
    "ping": (),
}
SERVER_FRAMES: Mapping[str, tuple[str, ...]] = {
    "welcome": ("version", "heartbeat_seconds"),
    "subscribed": ("channel", "seq"),
    "caught_up": ("channel", "seq"),
    "push": ("channel", "seq?", "name", "data"),
    "gap": ("channel", "seq"),
    "heartbeat": ("channels",),
    "error": ("code", "channel?", "message"),
    "bye": ("code", "reason", "reconnect_within_seconds"),
}


class CloseCode(IntEnum):
    """Why a socket was closed; below 4000 the meanings are those of RFC 6455 and its registry."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NOT_UTF8 = 1007
    TOO_BIG = 1009
    RESTART = 1012
    BAD_FRAME = 4000
    SIGNED_OUT = 4001
    SLOW_CONSUMER = 4008
    TOO_MANY_SOCKETS = 4009
    SILENT = 4010
    TOO_FAST = 4029


class ErrorCode(StrEnum):
    """What can go wrong with one channel while the socket stays open."""

    FORBIDDEN = "forbidden"
    REVOKED = "revoked"
    TOO_MANY_CHANNELS = "too_many_channels"
    UNAVAILABLE = "unavailable"


SENTENCES: Mapping[CloseCode, str] = {
    CloseCode.NORMAL: "Goodbye.",
    CloseCode.PROTOCOL_ERROR: "That is not a WebSocket frame a client may send.",
    CloseCode.UNSUPPORTED_DATA: "Send text frames, please.",
    CloseCode.NOT_UTF8: "That text is not UTF-8.",
    CloseCode.TOO_BIG: "That frame is larger than 64 kB.",
    CloseCode.RESTART: "The server restarts; connect again.",
    CloseCode.BAD_FRAME: "That frame is not part of the protocol.",
    CloseCode.SIGNED_OUT: "Your sign-in has ended.",
    CloseCode.SLOW_CONSUMER: "Slow consumer: too much was waiting for you; connect again.",
    CloseCode.TOO_MANY_SOCKETS: "You opened this room in more places than we keep connected.",
    CloseCode.SILENT: "Nothing was heard from you.",
    CloseCode.TOO_FAST: "Too many frames in a short time.",
}


class FrameError(Exception):
    """A client frame that breaks the protocol; the socket is closed with ``code``."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


@dataclass(frozen=True)
class Hello:
    """The client's first frame, if it says one."""

    version: int


@dataclass(frozen=True)
class Wanted:
    """A channel to hear; with ``seq`` everything after it is sent first, without it only what is new."""

    name: str
    seq: int | None


@dataclass(frozen=True)
class Subscribe:
    """Asks to hear channels."""

    channels: tuple[Wanted, ...]


@dataclass(frozen=True)
class Unsubscribe:
    """Asks not to hear a channel any more."""

    channel: str


@dataclass(frozen=True)
class Typing:
    """Says that this person is writing in a channel."""

    channel: str


@dataclass(frozen=True)
class Ping:
    """Asks for a heartbeat now."""


ClientFrame = Hello | Subscribe | Unsubscribe | Typing | Ping


def parse(text: str) -> ClientFrame:
    """Read a client's frame strictly: an unknown type or member, or a wrong kind of value, is an error."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError(CloseCode.BAD_FRAME) from error
    _require(isinstance(frame, dict) and isinstance(frame.get("type"), str))
    kind = frame.pop("type")
    _require(kind in CLIENT_FRAMES and set(frame) == set(CLIENT_FRAMES[kind]))
    return _build(kind, frame)


def _build(kind: str, members: dict[str, Any]) -> ClientFrame:
    if kind == "hello":
        _require(_is_count(members["version"]))
        return Hello(members["version"])
    if kind == "subscribe":
        return Subscribe(_wanted(members["channels"]))
    if kind == "unsubscribe":
        return Unsubscribe(_channel(members["channel"]))
    if kind == "typing":
        return Typing(_channel(members["channel"]))
    return Ping()


def _wanted(items: object) -> tuple[Wanted, ...]:
    if not isinstance(items, list) or not 0 < len(items) <= MAX_CHANNELS:
        raise FrameError(CloseCode.BAD_FRAME)
    wanted = []
    for item in items:
        _require(isinstance(item, dict) and set(item) in ({"name"}, {"name", "seq"}))
        seq = item.get("seq")
        _require(seq is None or _is_count(seq))
        wanted.append(Wanted(_channel(item["name"]), seq))
    _require(len({one.name for one in wanted}) == len(wanted))
    return tuple(wanted)


def _channel(value: object) -> str:
    _require(isinstance(value, str) and 0 < len(value) <= MAX_CHANNEL_LENGTH and value.isascii())
    return str(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _require(holds: bool) -> None:
    if not holds:
        raise FrameError(CloseCode.BAD_FRAME)


def welcome() -> str:
    """Answer a hello."""
    return _text("welcome", version=VERSION, heartbeat_seconds=HEARTBEAT_SECONDS)


def subscribed(channel: str, seq: int) -> str:
    """Say that the channel is heard from now on; ``seq`` is its latest number."""
    return _text("subscribed", channel=channel, seq=seq)


def caught_up(channel: str, seq: int) -> str:
    """Say that everything up to ``seq`` has been sent."""
    return _text("caught_up", channel=channel, seq=seq)


def push(channel: str, seq: int | None, name: str, data: Mapping[str, Any]) -> str:
    """Tell a change; without ``seq`` it is a tally, of which only the latest counts."""
    if seq is None:
        return _text("push", channel=channel, name=name, data=data)
    return _text("push", channel=channel, seq=seq, name=name, data=data)


def gap(channel: str, seq: int) -> str:
    """Say that something is missing which is no longer kept: fetch anew, then go on after ``seq``."""
    return _text("gap", channel=channel, seq=seq)


def heartbeat(channels: Mapping[str, int]) -> str:
    """Say that the server lives and which number each of the client's channels has reached."""
    return _text("heartbeat", channels=channels)


def error(code: ErrorCode, message: str, channel: str | None = None) -> str:
    """Say that something did not work while the socket stays open."""
    if channel is None:
        return _text("error", code=code, message=message)
    return _text("error", code=code, channel=channel, message=message)


def bye(code: CloseCode, reconnect_within_seconds: float = 0.0) -> str:
    """Announce the close that follows, and over how many seconds clients should spread their return."""
    within = round(reconnect_within_seconds, 1)
    return _text("bye", code=code, reason=SENTENCES[code], reconnect_within_seconds=within)


def _text(kind: str, **members: Any) -> str:
    return json.dumps({"type": kind, **members}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
