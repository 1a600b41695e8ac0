"""Tasks that hand the outbox on; running one twice, or two at once, changes nothing."""

from __future__ import annotations

from celery import shared_task

from plugin.outbox.relay import relay_waiting
from workers.heartbeat import beat_seen


@shared_task(name="sidestage.relay_outbox")
def relay_outbox() -> int:
    """Hand on every waiting domain event; return how many."""
    beat_seen("worker")
    return relay_waiting()
