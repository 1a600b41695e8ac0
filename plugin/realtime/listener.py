"""One Redis subscriber per process: hears the channels of local members and says when it is not sure it hears all."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import redis
import structlog

from plugin.realtime import envelope, redis_link

log = structlog.get_logger(__name__)

_TURN_SECONDS = 0.05
_MESSAGES_PER_TURN = 200
_PING_SECONDS = 1.0
#: Without any answer for this long the connection counts as dead.
_SILENT_SECONDS = 3.0
_RETRY_SECONDS = 0.25

Received = Callable[[str, list[envelope.Entry]], None]
Confirmed = Callable[[list[str]], None]


class Listener:
    """Owns its thread and its connection; `subscribe` and `unsubscribe` may be called from anywhere."""

    def __init__(self, client: redis.Redis, prefix: str, received: Received, confirmed: Confirmed) -> None:
        """``received(channel, entries)`` and ``confirmed(channels)`` are called in the listener's thread."""
        self._client = client
        self._prefix = prefix
        self._received = received
        self._confirmed = confirmed
        self._wishes: deque[tuple[bool, str]] = deque()
        self._names: set[str] = set()
        self._is_stopping = threading.Event()
        self._heard_at = 0.0
        self.is_sure = False
        self._thread = threading.Thread(target=self._run, name="sidestage-listener", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """End the thread."""
        self._is_stopping.set()
        self._thread.join(seconds)

    def subscribe(self, name: str) -> None:
        """Hear a channel soon; `confirmed` tells when."""
        self._wishes.append((True, name))

    def unsubscribe(self, name: str) -> None:
        """Hear a channel no more."""
        self._wishes.append((False, name))

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            try:
                with redis_link.subscriber(self._client) as pubsub:
                    self._listen(pubsub)
            except redis_link.REDIS_ERRORS as error:
                self._doubt(type(error).__name__)
            except Exception:
                log.exception("listener_failed")
                self._doubt("unexpected")
            self._is_stopping.wait(_RETRY_SECONDS)

    def _doubt(self, error: str) -> None:
        if self.is_sure:
            log.warning("listening_failed", error=error)
        self.is_sure = False

    def _listen(self, pubsub: Any) -> None:
        pubsub.subscribe(self._prefix)  # a channel of its own, so that there is a connection to wait on
        self._take_wishes(None)
        if self._names:
            pubsub.subscribe(*(self._prefix + name for name in self._names))
        pinged_at = self._heard_at = time.monotonic()
        while not self._is_stopping.is_set():
            self._take_wishes(pubsub)
            self._take_messages(pubsub)
            now = time.monotonic()
            if now - self._heard_at > _SILENT_SECONDS:
                raise redis.TimeoutError("Redis is silent")
            if now - pinged_at > _PING_SECONDS:
                pubsub.ping()
                pinged_at = now

    def _take_wishes(self, pubsub: Any | None) -> None:
        added: set[str] = set()
        removed: set[str] = set()
        while self._wishes:
            is_wanted, name = self._wishes.popleft()
            (added if is_wanted else removed).add(name)
            (removed if is_wanted else added).discard(name)
        self._names |= added
        self._names -= removed
        if pubsub is not None and added:
            pubsub.subscribe(*(self._prefix + name for name in added))
        if pubsub is not None and removed:
            pubsub.unsubscribe(*(self._prefix + name for name in removed))

    def _take_messages(self, pubsub: Any) -> None:
        confirmed: list[str] = []
        patience = _TURN_SECONDS
        for _ in range(_MESSAGES_PER_TURN):
            message = pubsub.get_message(timeout=patience)
            if message is None:
                break
            patience = 0.0
            self._heard_at = time.monotonic()
            if message["type"] == "message":
                self._hand_on(message)
            elif message["type"] == "subscribe":
                confirmed.append(message["channel"].decode().removeprefix(self._prefix))
        if confirmed:
            self._confirm(confirmed)

    def _hand_on(self, message: dict[str, Any]) -> None:
        try:
            entries = list(envelope.unpack(message["data"]))
        except ValueError:
            log.warning("foreign_message")
            return
        self._received(message["channel"].decode().removeprefix(self._prefix), entries)

    def _confirm(self, names: Iterable[str]) -> None:
        if not self.is_sure:
            log.info("listening")
        self.is_sure = True
        self._confirmed([name for name in names if name])
