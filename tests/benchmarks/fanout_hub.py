"""Our hub and reactor doing what `fanout.c loop` does: prints microseconds of the reactor's CPU per delivery.

`python -m tests.benchmarks.fanout_hub SINK MEMBERS FRAMES SIZE BURST`: frames come in bursts; 1 is no backlog at all.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from plugin.realtime import framing
from plugin.realtime.envelope import Entry, Kind
from plugin.realtime.hub import Hub
from plugin.realtime.switchboard import Switchboard

CHANNEL = "audience:ses_1"


class EmptyLog:
    """The log's port where nothing was ever told."""

    def __init__(self, post: Callable[..., None]) -> None:
        self._post = post

    def latest(self, names: Sequence[str], then: Callable[[Mapping[str, int] | None], None]) -> None:
        """Nothing yet."""
        self._post(then, dict.fromkeys(names, 0))

    def since(self, name: str, seq: int, limit: int, then: Callable[[Sequence[tuple[int, str]] | None], None]) -> None:
        """Nothing missed."""
        self._post(then, [])

    def subscribe(self, name: str) -> None:
        """No Redis here."""

    def unsubscribe(self, name: str) -> None:
        """No Redis here."""


class Bench:
    """A hub with members on loopback sockets that somebody else empties."""

    def __init__(self, sink: str, members: int) -> None:
        self._used_seconds = 0.0
        self.switchboard = Switchboard()
        self.reactor = self.switchboard.reactor
        log = EmptyLog(self.reactor.post)
        self.hub = Hub(self.switchboard, log, log)
        self.switchboard.on_pass = self.hub.send_batches
        self.reactor.start()
        with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
            self.sink = subprocess.Popen([sink, "sink", str(listener.getsockname()[1]), str(members)])
            for number in range(members):
                self._adopt(listener.accept()[0], f"acc_{number}")
        self.cpu_seconds()

    def _adopt(self, sock: socket.socket, account_id: str) -> None:
        self.reactor.post(self.switchboard.adopt, sock, f"pse_{account_id}", account_id)
        self.reactor.post(self._join, account_id)

    def _join(self, account_id: str) -> None:
        (connection,) = self.switchboard.of_person(account_id)
        connection.channels[CHANNEL] = False
        self.hub.join(connection, CHANNEL, None)

    def cpu_seconds(self) -> float:
        """CPU the reactor's thread has used once everything posted so far was dealt with."""
        for _ in range(2):  # the first turn sends what was posted, the second one tells
            done = threading.Event()
            self.reactor.post(self._note_cpu, done)
            done.wait()
        return self._used_seconds

    def _note_cpu(self, done: threading.Event) -> None:
        self._used_seconds = time.thread_time()
        done.set()

    def send(self, frames: int, size: int, burst: int) -> float:
        """Deliver ``frames`` frames to everybody; return the CPU used."""
        frame = framing.text_frame("x" * (size - 4))
        before = self.cpu_seconds()
        for first in range(1, frames + 1, burst):
            entries = [Entry(Kind.PUSH, seq, frame) for seq in range(first, first + burst)]
            self.reactor.post(self.hub.receive, CHANNEL, entries)
            self.cpu_seconds()
        return self.cpu_seconds() - before

    def close(self) -> None:
        """Let the sink end once it has everything."""
        while any(connection.queue for connection in list(self.switchboard.connections)):
            time.sleep(0.01)
        for connection in list(self.switchboard.connections):
            self.reactor.post(self.switchboard.drop, connection)
        self.reactor.stop(10)
        self.sink.wait(10)


def main() -> None:
    """Measure once and print."""
    sink, (members, frames, size, burst) = sys.argv[1], map(int, sys.argv[2:6])
    bench = Bench(sink, members)
    seconds = bench.send(frames, size, burst)
    print(f"{seconds * 1e6 / (frames * members):.4f}")
    bench.close()


if __name__ == "__main__":
    main()
