"""The one thread that owns every parked socket of this process: reads, writes, timers, and nothing that blocks."""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger(__name__)

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
Call = Callable[..., None]


class Reactor:
    """A selector loop. Other threads only `post`; everything posted runs in the reactor's thread, in order."""

    def __init__(self, on_ready: Call, on_pass: Call) -> None:
        """``on_ready(owner, mask)`` is called for each ready socket, ``on_pass()`` once after each turn of the loop."""
        self._on_ready = on_ready
        self._on_pass = on_pass
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._selector.register(self._wake_in, READ, None)
        self._posted: deque[tuple[Call, tuple[Any, ...]]] = deque()
        self._is_woken = False
        self._timers: list[tuple[float, int, Call, tuple[Any, ...]]] = []
        self._timer_numbers = itertools.count()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="sidestage-reactor", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """Let the thread end after its current turn."""
        self.post(self._stop)
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self.close()

    def close(self) -> None:
        """Give the selector and the wake-up sockets back; nothing may be posted any more."""
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def _stop(self) -> None:
        self._is_stopping = True

    def post(self, call: Call, *arguments: Any) -> None:
        """Run ``call`` in the reactor's thread soon; safe from any thread."""
        self._posted.append((call, arguments))
        if not self._is_woken:
            self._is_woken = True
            with suppress(OSError):
                self._wake_out.send(b"\0")

    def call_later(self, seconds: float, call: Call, *arguments: Any) -> None:
        """Run ``call`` after a delay; only from the reactor's thread."""
        entry = (time.monotonic() + seconds, next(self._timer_numbers), call, arguments)
        heapq.heappush(self._timers, entry)

    def watch(self, sock: socket.socket, owner: object) -> None:
        """Tell when ``sock`` can be read."""
        self._selector.register(sock, READ, owner)

    def watch_for(self, sock: socket.socket, mask: int, owner: object) -> None:
        """Change what is told about ``sock``."""
        self._selector.modify(sock, mask, owner)

    def forget(self, sock: socket.socket) -> None:
        """Tell nothing more about ``sock``."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(sock)

    def _run(self) -> None:
        while not self._is_stopping:
            for key, mask in self._selector.select(self._seconds_to_wait()):
                if key.data is None:
                    self._swallow_wake_up()
                else:
                    self._guarded(self._on_ready, (key.data, mask))
            self._run_posted()
            self._run_timers()
            self._guarded(self._on_pass, ())

    def _seconds_to_wait(self) -> float | None:
        if self._posted:
            return 0
        if self._timers:
            return max(0.0, self._timers[0][0] - time.monotonic())
        return None

    def _swallow_wake_up(self) -> None:
        with suppress(OSError):
            self._wake_in.recv(4096)

    def _run_posted(self) -> None:
        self._is_woken = False  # before looking: what is posted from here on wakes us again
        for _ in range(len(self._posted)):
            self._guarded(*self._posted.popleft())

    def _run_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _, _, call, arguments = heapq.heappop(self._timers)
            self._guarded(call, arguments)

    @staticmethod
    def _guarded(call: Call, arguments: tuple[Any, ...]) -> None:
        try:
            call(*arguments)
        except Exception:  # one broken call must not silence everybody's sockets
            log.exception("reactor_call_failed", call=getattr(call, "__qualname__", "?"))
