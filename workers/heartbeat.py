"""A sign of life that `doctor` and /readyz can read: when a worker last did something."""

from __future__ import annotations

import redis
import structlog

from plugin.core.clock import now
from plugin.core.redis_client import client

log = structlog.get_logger(__name__)
KEY = "sidestage:heartbeat:"


def beat_seen(part: str) -> None:
    """Note that this part works; it counts for two minutes."""
    try:
        client().set(KEY + part, now().isoformat(), ex=120)
    except redis.RedisError:
        log.info("heartbeat_not_noted", part=part)
