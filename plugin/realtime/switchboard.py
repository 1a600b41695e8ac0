"""All parked sockets of this process: adopting, reading, writing, evicting and saying goodbye."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection
from contextlib import suppress

import structlog
from wsproto.frame_protocol import Opcode

from plugin.realtime import framing, protocol
from plugin.realtime.connection import MAX_QUEUED_BYTES, SEND_BUFFER_BYTES, Connection, State
from plugin.realtime.protocol import CloseCode, FrameError
from plugin.realtime.reactor import READ, WRITE, Reactor
from plugin.realtime.sweeper import Sweeper

log = structlog.get_logger(__name__)

MAX_SOCKETS_PER_PERSON = 5
MAX_FRAMES_PER_ROUND = 200
CLOSING_SECONDS = 3
_READ_BYTES = 16 * 1024


class Switchboard:
    """Lives in the reactor's thread; ``on_text``, ``on_gone`` and ``on_pass`` are told by the engine."""

    def __init__(self) -> None:
        self.reactor = Reactor(self._ready, self._pass)
        self.connections: set[Connection] = set()
        self._people: dict[str, list[Connection]] = {}
        self.sweeper = Sweeper(self.reactor, self.write, self.close)
        self.on_text: Callable[[Connection, str], None] = lambda _connection, _text: None
        self.on_gone: Callable[[Connection], None] = lambda _connection: None
        self.on_pass: Callable[[], None] = lambda: None

    def _pass(self) -> None:
        self.on_pass()

    # -- coming

    def adopt(self, sock: socket.socket, panel_session_id: str, account_id: str) -> None:
        """Take over a socket whose handshake is done."""
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        with suppress(OSError):  # a unix socket has no such option
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, panel_session_id, account_id)
        connection.heard_at = time.monotonic()
        self.connections.add(connection)
        self.sweeper.add(connection)
        self._people.setdefault(account_id, []).append(connection)
        self.reactor.watch(sock, connection)
        self._close_oldest(account_id)

    def _close_oldest(self, account_id: str) -> None:
        open_ones = [one for one in self._people[account_id] if one.is_open]
        for surplus in open_ones[: max(0, len(open_ones) - MAX_SOCKETS_PER_PERSON)]:
            self.close(surplus, CloseCode.TOO_MANY_SOCKETS)

    def of_person(self, account_id: str) -> list[Connection]:
        """Return this person's sockets."""
        return list(self._people.get(account_id, ()))

    def rename(self, connection: Connection, account_id: str) -> None:
        """The person behind the socket turned out to have another account (a guest who signed in)."""
        if connection.account_id == account_id:
            return
        self._forget_person(connection)
        connection.account_id = account_id
        self._people.setdefault(account_id, []).append(connection)

    def _forget_person(self, connection: Connection) -> None:
        others = self._people.get(connection.account_id, [])
        if connection in others:
            others.remove(connection)
        if not others:
            self._people.pop(connection.account_id, None)

    # -- reading

    def _ready(self, connection: Connection, mask: int) -> None:
        try:
            if mask & WRITE and connection.state is not State.CLOSED:
                self._flush(connection)
            if mask & READ and connection.state is not State.CLOSED:
                self._read(connection)
        except (OSError, FrameError) as error:
            self._fail(connection, error)
        except Exception:
            self.drop(connection)
            raise

    def _fail(self, connection: Connection, error: OSError | FrameError) -> None:
        if isinstance(error, FrameError) and connection.is_open:
            self.close(connection, error.code)
        else:
            self.drop(connection)

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self.drop(connection)
            return
        connection.heard_at = time.monotonic()
        reader = connection.reader or framing.FrameReader()
        connection.reader = reader
        for opcode, payload in reader.read(data):
            self._take(connection, opcode, payload)
            if connection.state >= State.ANSWERED:
                return
        if reader.is_idle:
            connection.reader = None

    def _take(self, connection: Connection, opcode: Opcode, payload: bytes) -> None:
        connection.frames_count += 1
        if opcode is Opcode.CLOSE:
            self._answer_close(connection, payload)
        elif not connection.is_open:
            return  # what a client still sends while it is being closed does not count
        elif connection.frames_count > MAX_FRAMES_PER_ROUND:
            raise FrameError(CloseCode.TOO_FAST)
        elif opcode is Opcode.PING:
            self.write(connection, framing.pong_frame(payload))
        elif opcode is Opcode.TEXT:
            self.on_text(connection, framing.utf8(payload))

    def _answer_close(self, connection: Connection, payload: bytes) -> None:
        if connection.state is State.OPEN:
            code = framing.close_code(payload)
            connection.keep_only_the_torn_frame()
            connection.write(framing.close_frame(code))
            self.on_gone(connection)
        connection.state = State.ANSWERED
        if connection.queue is None:
            self.drop(connection)
        else:
            self._watch_for_writing(connection)

    # -- writing

    def write(self, connection: Connection, data: bytes) -> None:
        """Send or queue; evict a client for whom too much waits."""
        if connection.state is not State.OPEN:
            return
        try:
            connection.write(data)
        except OSError:
            self.drop(connection)
            return
        if connection.queue is not None:
            self._watch_queue(connection)

    def broadcast(self, connections: Collection[Connection], data: bytes) -> None:
        """Send the same bytes to many: `write`, with its usual way (everything fits) straight in the loop."""
        size, is_open = len(data), State.OPEN
        for connection in tuple(connections):  # who is dropped on the way leaves the original
            if connection.queue is None and connection.state is is_open:
                try:
                    sent = connection.send(data)
                except BlockingIOError:
                    sent = 0
                except OSError:
                    self.drop(connection)
                    continue
                if sent != size:
                    connection.enqueue(data[sent:])
                    self._watch_queue(connection)
            else:
                self.write(connection, data)

    def _watch_queue(self, connection: Connection) -> None:
        if connection.queued_bytes > MAX_QUEUED_BYTES:
            log.warning("slow_consumer_evicted", queued_bytes=connection.queued_bytes)
            self.close(connection, CloseCode.SLOW_CONSUMER)
        else:
            self._watch_for_writing(connection)

    def say(self, connection: Connection, text: str) -> None:
        """Send one frame."""
        self.write(connection, framing.text_frame(text))

    def _watch_for_writing(self, connection: Connection) -> None:
        if not connection.is_watched_for_writing:
            connection.is_watched_for_writing = True
            self.reactor.watch_for(connection.sock, READ | WRITE, connection)

    def _flush(self, connection: Connection) -> None:
        is_done = connection.flush()
        connection.heard_at = time.monotonic()  # the kernel freed room: the other end took something
        if not is_done:
            return
        if connection.state is State.ANSWERED:
            self.drop(connection)
            return
        connection.is_watched_for_writing = False
        self.reactor.watch_for(connection.sock, READ, connection)

    # -- going

    def close(self, connection: Connection, code: CloseCode, reconnect_within_seconds: float = 0.0) -> None:
        """Say goodbye with a code, then give the client a few seconds to answer."""
        if not connection.is_open:
            return
        self.on_gone(connection)
        connection.keep_only_the_torn_frame()
        connection.state = State.CLOSING
        goodbye = framing.text_frame(protocol.bye(code, reconnect_within_seconds))
        try:
            connection.write(goodbye + framing.close_frame(code, protocol.SENTENCES[code]))
        except OSError:
            self.drop(connection)
            return
        if connection.queue is not None:
            self._watch_for_writing(connection)
        self.reactor.call_later(CLOSING_SECONDS, self.drop, connection)

    def drop(self, connection: Connection) -> None:
        """Let go of the socket at once."""
        if connection.state is State.CLOSED:
            return
        if connection.is_open:
            self.on_gone(connection)
        connection.state = State.CLOSED
        connection.queue = connection.reader = None
        self.reactor.forget(connection.sock)
        connection.sock.close()
        self.connections.discard(connection)
        self.sweeper.discard(connection)
        self._forget_person(connection)

    def close_all(self, code: CloseCode, reconnect_within_seconds: float) -> None:
        """Say goodbye to everybody."""
        for connection in list(self.connections):
            self.close(connection, code, reconnect_within_seconds)
