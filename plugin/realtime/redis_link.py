"""How this floor reaches Redis: short patience for requests, endless patience for the subscriber."""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

#: What talking to a Redis that is away can end in.
REDIS_ERRORS = (redis.RedisError, OSError)
_PATIENCE_SECONDS = 0.5


def for_requests(url: str) -> redis.Redis:
    """A client for requests: an answer within half a second, or an error."""
    return redis.Redis.from_url(
        url,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def for_listening(url: str) -> redis.Redis:
    """A client with one connection that may be quiet for ever."""
    return redis.Redis.from_url(
        url,
        socket_timeout=None,
        socket_connect_timeout=1,
        max_connections=1,
        retry=Retry(NoBackoff(), 0),
    )


def subscriber(client: redis.Redis) -> Any:
    """Return a new PubSub, a context manager (redis-py gives it no types)."""
    return client.pubsub()  # type: ignore[no-untyped-call]
