"""The task that compares live rooms with what their audio servers say."""

from __future__ import annotations

from celery import shared_task

from plugin.rooms.reconcile import reconcile_live_rooms
from workers.heartbeat import beat_seen


@shared_task(name="sidestage.reconcile_rooms")
def reconcile_rooms() -> int:
    """Repair what lost webhooks left wrong; return how many rooms were compared."""
    beat_seen("beat")
    return reconcile_live_rooms()
