"""Hands each outbox row to its subscribers, at least once, one failing row never holding up the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.models import OutboxEvent, OutboxReceipt
from plugin.outbox.subscribers import GiveUpError, RetryLaterError, Subscriber, current_subscribers, subscriber_name

log = structlog.get_logger(__name__)

#: Few at a time: a subscriber that waits for a slow server holds up only those claimed with it.
BATCH = 3
#: How long one run owns a row; a worker that died leaves it to the next one after this.
LEASE_SECONDS = 15
RETRY_SECONDS = (1, 2, 5, 15, 60, 300, 1800)


def relay_waiting() -> int:
    """Hand on everything that is due, until nothing is; return how many events were handed on."""
    total = 0
    while is_waiting() and (ids := _claim()):
        for event_id in ids:
            total += _relay_one(event_id)
    return total


def _claim() -> list[int]:
    with unit_of_work():
        moment = now()
        waiting = (
            select(OutboxEvent.id, OutboxEvent.name)
            .where(
                OutboxEvent.relayed_at.is_(None),
                OutboxEvent.dead_at.is_(None),
                OutboxEvent.due_at <= moment,
            )
            .order_by(OutboxEvent.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = list(session().execute(waiting))
        unheard = [row.id for row in rows if not _has_subscribers(row.name)]
        claimed = [row.id for row in rows if _has_subscribers(row.name)]
        lease = moment + timedelta(seconds=LEASE_SECONDS)
        _set(unheard, relayed_at=moment)
        _set(claimed, due_at=lease)
        return claimed if claimed or len(rows) < BATCH else _claim()


def _has_subscribers(name: str) -> bool:
    kind = DomainEvent.kinds().get(name)
    return kind is None or bool(current_subscribers().of(kind))  # an unknown name is retried, then parked


def _set(ids: list[int], **values: datetime) -> None:
    if ids:
        session().execute(update(OutboxEvent).where(OutboxEvent.id.in_(ids)).values(**values))


def is_waiting() -> bool:
    """Whether anything is due: a cheap look that takes no lock."""
    waiting = select(OutboxEvent.id).where(
        OutboxEvent.relayed_at.is_(None), OutboxEvent.dead_at.is_(None), OutboxEvent.due_at <= now()
    )
    found = session().scalar(waiting.limit(1)) is not None
    session().rollback()
    return found


def _relay_one(event_id: int) -> int:
    row = session().get(OutboxEvent, event_id)
    if row is None or row.relayed_at is not None:
        return 0
    try:
        kind = DomainEvent.kind(row.name)
        event = kind.from_payload(row.payload)
        for subscriber in current_subscribers().of(kind):
            _hand_to(subscriber, event_id, event)
    except GiveUpError as error:
        return _park(event_id, error)
    except Exception as error:  # noqa: BLE001  # counted, retried and in the end parked, never swallowed
        return _retry(event_id, error)
    with unit_of_work():
        session().execute(
            update(OutboxEvent).where(OutboxEvent.id == event_id).values(relayed_at=now(), last_error=None)
        )
    return 1


def _hand_to(subscriber: Subscriber, event_id: int, event: DomainEvent) -> None:
    name = subscriber_name(subscriber)
    if session().get(OutboxReceipt, (event_id, name)) is not None:
        return
    session().rollback()  # nothing is held open while the subscriber talks to the network
    subscriber(event)
    try:
        with unit_of_work() as work:
            work.session.add(OutboxReceipt(event_id=event_id, subscriber=name))
    except IntegrityError:
        log.info("already_handled", event_id=event_id, subscriber=name)


def _retry(event_id: int, error: Exception) -> int:
    with unit_of_work():
        row = session().get_one(OutboxEvent, event_id, with_for_update=True)
        row.attempts += 1
        row.last_error = type(error).__name__
        if row.attempts > len(RETRY_SECONDS):
            row.dead_at = now()
        else:
            row.due_at = now() + timedelta(seconds=RETRY_SECONDS[row.attempts - 1])
        # Who wants to be asked again later has said why to people, in words that may name somebody: not for the log.
        surprise = None if isinstance(error, RetryLaterError) else error
        log.warning("relay_failed", event_id=event_id, event_name=row.name, attempts=row.attempts, exc_info=surprise)
    return 0


def _park(event_id: int, error: Exception) -> int:
    with unit_of_work():
        row = session().get_one(OutboxEvent, event_id, with_for_update=True)
        row.dead_at, row.last_error = now(), type(error).__name__
        log.error("relay_gave_up", event_id=event_id, event_name=row.name)
    return 0


def dead_letters(limit: int = 100) -> list[OutboxEvent]:
    """Return parked events, newest first, for the operator."""
    parked = OutboxEvent.dead_at.is_not(None)
    return list(session().scalars(select(OutboxEvent).where(parked).order_by(OutboxEvent.id.desc()).limit(limit)))
