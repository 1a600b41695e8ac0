"""A Redis client for short questions: it answers within a second or fails, so nobody waits for a Redis that hangs."""

from __future__ import annotations

import redis

from plugin.core.slot import Slot

CLIENT: Slot[redis.Redis] = Slot("redis")


def make(url: str) -> redis.Redis:
    """Return a client with short timeouts and no retries; connecting happens at its first command."""
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry_on_timeout=False)


def client() -> redis.Redis:
    """Return the client of the current app."""
    return CLIENT.get()
