"""Waiting for something to become true, with a deadline, instead of sleeping and hoping."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(is_true: Callable[[], object], what: str, seconds: float = 10.0, every_seconds: float = 0.02) -> None:
    """Poll `is_true` until it answers with something truthy; after `seconds` fail and say `what` never came."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds:g} s in vain for {what}.")
        time.sleep(every_seconds)
