"""A client that breaks the rules, floods or does not read loses its own socket and nobody else's."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from plugin.realtime import channels
from plugin.realtime.protocol import CloseCode
from tests.realtime.conftest import Connect
from tests.realtime.panel_client import PanelClient
from tests.realtime.stand_in import ORIGIN, SESSION
from tests.realtime.web_process import WebProcess

pytestmark = pytest.mark.redis
AUDIENCE = channels.audience(SESSION)
Knock = Callable[[str], socket.socket]


def frame(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, size: int | None = None) -> bytes:
    """A client frame by hand; `size` lies about the payload's length."""
    length = len(payload) if size is None else size
    head = bytes([opcode | (0x80 if fin else 0)])
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65536:
        head += struct.pack("!BH", mask_bit | 126, length)
    else:
        head += struct.pack("!BQ", mask_bit | 127, length)
    return head + (b"\0\0\0\0" if masked else b"") + payload  # a mask of zeros leaves the payload as it is


def raw_socket(web: WebProcess, name: str) -> socket.socket:
    """A socket after its handshake, without any library behind it."""
    return raw_socket_with(web, web.ticket(name))


def raw_socket_with(web: WebProcess, ticket: str) -> socket.socket:
    """The same with a ticket at hand."""
    sock = socket.create_connection(("127.0.0.1", web.port), timeout=5)
    sock.sendall(
        f"GET /api/v1/socket HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Origin: {ORIGIN}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Sec-WebSocket-Extensions: permessage-deflate\r\n"
        f"Sec-WebSocket-Protocol: sidestage.v1, ticket.{ticket}\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += sock.recv(1)
    assert answer.startswith(b"HTTP/1.1 101") and b"deflate" not in answer
    return sock


@pytest.fixture
def knock(web: WebProcess) -> Iterator[Knock]:
    """Open raw sockets; all are closed after the test."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(raw_socket(web, name))


def hello(sock: socket.socket) -> None:
    sock.sendall(frame(1, b'{"type":"hello","version":1}'))


def close_code(sock: socket.socket) -> int:
    """Read until the close frame and return its code."""
    data = b""
    while True:
        piece = sock.recv(65536)
        if not piece:
            raise AssertionError("closed without a close frame")
        data += piece
        if (found := _close_in(data)) is not None:
            return found


def _close_in(data: bytes) -> int | None:
    while len(data) >= 2:
        size, start = data[1], 2
        if size == 126:
            size, start = struct.unpack("!H", data[2:4])[0], 4
        if data[0] == 0x88 and len(data) >= start + 2:
            return int(struct.unpack("!H", data[start : start + 2])[0])
        data = data[start + size :]
    return None


@pytest.fixture
def healthy(join: Connect, channel: str) -> Iterator[PanelClient]:
    """Omar, who must not notice anything."""
    omar = join("omar")
    omar.subscribe(channel)
    yield omar


LONG = b'{"type":"ping"' + b" " * 70_000 + b"}"
BAD_FRAMES = [
    ("unmasked", frame(1, b"{}", masked=False), CloseCode.PROTOCOL_ERROR),
    ("reserved bit", b"\xc1" + frame(1, b"{}")[1:], CloseCode.PROTOCOL_ERROR),
    ("unknown opcode", frame(3, b""), CloseCode.PROTOCOL_ERROR),
    ("continuation of nothing", frame(0, b"{}"), CloseCode.PROTOCOL_ERROR),
    ("new message inside one", frame(1, b"{", fin=False) + frame(1, b"}"), CloseCode.PROTOCOL_ERROR),
    ("long ping", frame(9, b"x" * 126), CloseCode.PROTOCOL_ERROR),
    ("split ping", frame(9, b"x", fin=False), CloseCode.PROTOCOL_ERROR),
    ("close with one byte", frame(8, b"x"), CloseCode.PROTOCOL_ERROR),
    ("binary", frame(2, b"\0\1"), CloseCode.UNSUPPORTED_DATA),
    ("not UTF-8", frame(1, b"\xff\xfe"), CloseCode.NOT_UTF8),
    ("too big", frame(1, LONG), CloseCode.TOO_BIG),
    ("too big, announced", frame(1, b"", size=300 * 1024 * 1024), CloseCode.TOO_BIG),
    ("too big in pieces", frame(1, LONG[:40_000], fin=False) + frame(0, LONG[:40_000], fin=False), CloseCode.TOO_BIG),
    ("garbage", b"\x16\x03\x01\x02\x00" * 20, CloseCode.PROTOCOL_ERROR),
    ("not JSON", frame(1, b"hello?"), CloseCode.BAD_FRAME),
    ("unknown type", frame(1, b'{"type":"push"}'), CloseCode.BAD_FRAME),
    ("unknown member", frame(1, b'{"type":"ping","x":1}'), CloseCode.BAD_FRAME),
    ("second hello", frame(1, b'{"type":"hello","version":1}'), CloseCode.BAD_FRAME),
    ("flood", frame(1, b'{"type":"ping"}') * 201, CloseCode.TOO_FAST),
]


def test_bad_frames_close_that_client_only(web: WebProcess, healthy: PanelClient, channel: str, knock: Knock) -> None:
    for number, (what, data, code) in enumerate(BAD_FRAMES):
        sock = knock("lina")
        hello(sock)
        sock.sendall(data)
        assert close_code(sock) == code, what
        web.tell(channel, f"after {number}")
        healthy.wait_for_text(f"after {number}")
    assert healthy.seqs(channel) == list(range(1, len(BAD_FRAMES) + 1))
    assert "Traceback" not in web.process.log()


def test_hello_comes_first_and_in_our_version_or_not_at_all(knock: Knock) -> None:
    for frames in ((b'{"type":"ping"}', b'{"type":"hello","version":1}'), (b'{"type":"hello","version":2}',)):
        sock = knock("lina")
        for one in frames:
            sock.sendall(frame(1, one))
        assert close_code(sock) == CloseCode.BAD_FRAME
    brief = knock("lina")
    brief.sendall(frame(1, b'{"type":"ping"}'))
    received = b""
    while b"heartbeat" not in received:
        received += brief.recv(1024)


def test_messages_in_pieces_and_pings_are_understood(knock: Knock) -> None:
    sock = knock("lina")
    message = b'{"type":"hello","version":1}'
    for start in range(len(message)):
        piece = frame(1 if start == 0 else 0, message[start : start + 1], fin=start == len(message) - 1)
        sock.sendall(piece[:3])
        sock.sendall(piece[3:] + (frame(9, b"in between") if start == 5 else b""))
    received = b""
    while b"welcome" not in received:
        received += sock.recv(1024)
    assert received.startswith(b"\x8a\x0ain between")
    sock.sendall(frame(8, struct.pack("!H", 1000)))
    assert close_code(sock) == 1000
    assert sock.recv(1) == b""


def evictions(web: WebProcess) -> int:
    """How many clients were evicted so far."""
    return web.process.log().count('"event": "slow_consumer_evicted"')


def test_a_client_that_does_not_read_is_evicted_and_others_stay_fine(
    web: WebProcess, healthy: PanelClient, channel: str, knock: Knock
) -> None:
    stuck = knock("lina")
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    hello(stuck)
    stuck.sendall(frame(1, json.dumps({"type": "subscribe", "channels": [{"name": channel}]}).encode()))
    time.sleep(0.3)  # nothing to wait for: this client never reads, so it cannot tell us that it is in
    text = "x" * 50_000
    before = evictions(web)
    for number in range(60):
        web.tell(channel, f"{number} {text}")
        healthy.wait_for_text(f"{number} {text}")
    assert evictions(web) == before + 1
    assert healthy.seqs(channel) == list(range(1, 61))


def test_a_slow_client_that_reads_on_hears_why_it_was_evicted(
    web: WebProcess, healthy: PanelClient, channel: str, knock: Knock
) -> None:
    slow = knock("lina")
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    hello(slow)
    slow.sendall(frame(1, json.dumps({"type": "subscribe", "channels": [{"name": channel}]}).encode()))
    received = b""
    while b"caught_up" not in received:
        received += slow.recv(1024)
    text = "y" * 50_000
    before = evictions(web)
    while evictions(web) == before:
        web.tell(channel, text)
        healthy.wait_for_text(text)
    assert close_code(slow) == CloseCode.SLOW_CONSUMER


def test_the_sixth_socket_of_a_person_closes_the_oldest(join: Connect) -> None:
    sockets = [join("lina") for _ in range(6)]
    assert sockets[0].wait_until_closed() == CloseCode.TOO_MANY_SOCKETS
    for one in sockets[1:]:
        one.say(type="ping")
        one.wait_for("heartbeat")


def test_what_a_person_may_not_hear_is_refused(join: Connect) -> None:
    lina = join("lina")
    others = [
        channels.backstage(SESSION),
        channels.person(SESSION, "acc_omar"),
        channels.audience("ses_2"),
        channels.REVOCATIONS,
        "nothing",
        "audience:",
    ]
    lina.subscribe(AUDIENCE, *others)
    refused = [frame["channel"] for frame in lina.frames if frame["type"] == "error" and frame["code"] == "forbidden"]
    assert refused == others
    lina.say(type="subscribe", channels=[{"name": f"load:{number}"} for number in range(16)])
    assert lina.wait_for("error")["code"] == "too_many_channels"
    lina.say(type="ping")
    assert lina.wait_for("heartbeat")["channels"] == {AUDIENCE: 0}
