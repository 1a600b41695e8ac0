"""Tells the other processes what was committed: one Redis PUBLISH per channel, and never an error for the request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import redis
import structlog

from plugin.core.unit_of_work import Work
from plugin.realtime import envelope, redis_link
from plugin.realtime.channel_log import outgoing_of

log = structlog.get_logger(__name__)

#: After a failure Redis is left alone for this long, so that no request after the first one waits for it.
PAUSE_SECONDS = 1.0

TellHere = Callable[[Mapping[str, bytes]], None]


class Publisher:
    """Publishes ready frames. While Redis does not answer, ``tell_here`` serves this process's own members."""

    def __init__(self, client: redis.Redis | None, prefix: str, tell_here: TellHere) -> None:
        self._client = client
        self._prefix = prefix
        self._tell_here = tell_here
        self._paused_until = 0.0
        self._is_down = False

    def after_commit(self, work: Work) -> None:
        """Publish what a unit of work told."""
        if outgoing := outgoing_of(work):
            self.publish({channel: envelope.pack(entries) for channel, entries in outgoing.entries.items()})

    def publish(self, messages: Mapping[str, bytes]) -> None:
        """Publish one message per channel; a failure is logged once and repaired by the log."""
        if not self._reaches_redis(messages):
            self._tell_here(messages)

    def _reaches_redis(self, messages: Mapping[str, bytes]) -> bool:
        if self._client is None or time.monotonic() < self._paused_until:
            return False
        try:
            with self._client.pipeline(transaction=False) as pipe:
                for channel, message in messages.items():
                    pipe.publish(self._prefix + channel, message)
                pipe.execute()
        except redis_link.REDIS_ERRORS as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            self._note(is_down=True, error=type(error).__name__)
            return False
        self._note(is_down=False)
        return True

    def _note(self, *, is_down: bool, error: str | None = None) -> None:
        if is_down != self._is_down:
            self._is_down = is_down
            log.warning("publishing_failed" if is_down else "publishing_works_again", error=error)
