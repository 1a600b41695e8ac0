"""Tasks that keep the house small and true: features' sweeps, and rows nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from flask import current_app
from sqlalchemy import delete

from plugin.api.idempotency import KEPT_HOURS, StoredAnswer
from plugin.core.clock import now
from plugin.core.unit_of_work import unit_of_work
from plugin.features import all_sweeps
from plugin.outbox.models import OutboxEvent, OutboxReceipt
from plugin.realtime import channel_log
from workers.heartbeat import beat_seen

RELAYED_KEPT_DAYS = 7


@shared_task(name="sidestage.sweep")
def sweep() -> int:
    """Run every feature's sweep; one that fails does not keep the others from running."""
    beat_seen("beat")
    total = 0
    for function in all_sweeps():
        try:
            total += function()
        except Exception:
            current_app.logger.exception("sweep failed: %s", function.__qualname__)
    return total


@shared_task(name="sidestage.housekeep")
def housekeep() -> None:
    """Drop stored answers after a day, relayed events after a week, and old rows of the channel log."""
    with unit_of_work() as work:
        old = now() - timedelta(days=RELAYED_KEPT_DAYS)
        relayed = OutboxEvent.relayed_at.is_not(None) & (OutboxEvent.relayed_at < old)
        work.session.execute(delete(OutboxEvent).where(relayed))
        work.session.execute(delete(OutboxReceipt).where(OutboxReceipt.handled_at < old))
        work.session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < now() - timedelta(hours=KEPT_HOURS)))
    channel_log.trim()
