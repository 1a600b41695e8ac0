"""Work for the database on behalf of sockets, done in a small pool of threads: the reactor never waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from flask import Flask

from plugin.realtime import channel_log
from plugin.realtime.reactor import Reactor

log = structlog.get_logger(__name__)
T = TypeVar("T")

_THREADS = 4


class Desk:
    """Does work in an app context and answers in the reactor's thread."""

    def __init__(self, app: Flask, reactor: Reactor) -> None:
        self._app = app
        self._reactor = reactor
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sidestage-socket-desk")

    def do(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        """Run ``work`` elsewhere and give its answer to ``then``; None when it failed, which is logged."""
        try:
            self._pool.submit(self._run, work, then)
        except RuntimeError:  # the process is ending
            log.info("desk_closed")

    def _run(self, work: Callable[[], T], then: Callable[[T | None], None]) -> None:
        answer: T | None = None
        try:
            with self._app.app_context():
                answer = work()
        except Exception:
            log.exception("socket_desk_failed")
        self._reactor.post(then, answer)

    def stop(self) -> None:
        """Take no more work."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class LogReader:
    """The hub's way to the log."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def latest(self, names: Sequence[str], then: Callable[[Mapping[str, int] | None], None]) -> None:
        """Look up how far channels are."""
        self._desk.do(lambda: channel_log.latest(names), then)

    def since(self, name: str, seq: int, limit: int, then: Callable[[Sequence[tuple[int, str]] | None], None]) -> None:
        """Look up the rows after ``seq``."""
        self._desk.do(lambda: channel_log.since(name, seq, limit), then)
