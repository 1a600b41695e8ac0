"""What beat starts, and how often."""

from __future__ import annotations

from typing import Any

#: Each entry expires before the next one is due, so a worker that was away does not find a heap of them.
SCHEDULE: dict[str, dict[str, Any]] = {
    "relay what a nudge missed, and timers that came due": {
        "task": "sidestage.relay_outbox",
        "schedule": 1.0,
        "options": {"expires": 2},
    },
    "sweep what features left to do": {
        "task": "sidestage.sweep",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "compare live rooms with their audio servers": {
        "task": "sidestage.reconcile_rooms",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "drop what nobody needs any more": {
        "task": "sidestage.housekeep",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
}
