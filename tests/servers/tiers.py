"""The tiers of tests that need something real, and what is missing for each on this machine."""

from __future__ import annotations

import os

from tests.servers import programs

TIERS = ("postgres", "redis", "livekit", "browser")
LIVEKIT_PROBLEM = "SIDESTAGE_LIVEKIT_PROBLEM"
LIVEKIT_BROKEN = "SIDESTAGE_LIVEKIT_BROKEN"


def problem(tier: str) -> str | None:
    """What keeps this tier from running here, as a sentence, or nothing."""
    if tier == "postgres" and programs.postgres_bin() is None:
        return "PostgreSQL (initdb, postgres) is not installed"
    if tier == "redis" and programs.redis_program() is None:
        return "redis-server is not installed"
    if tier == "browser" and programs.chromium_program() is None:
        return "Chromium is not installed"
    if tier == "livekit" and programs.livekit_program() is None:
        told = os.environ.get(LIVEKIT_PROBLEM) or "`make test` builds it where Go 1.26 is"
        return f"the LiveKit server {programs.LIVEKIT_VERSION} is not built ({told})"
    return None


def is_failure(tier: str) -> bool:
    """On CI a missing server is a failure; only LiveKit may be missing, and only where it cannot be had."""
    if os.environ.get("CI") != "true":
        return False
    return tier != "livekit" or bool(os.environ.get(LIVEKIT_BROKEN))
