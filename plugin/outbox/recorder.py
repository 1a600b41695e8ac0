"""The only mouth: what happened is said here, inside the transaction in which it happened."""

from __future__ import annotations

from datetime import datetime

from plugin.core.unit_of_work import current_work
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.models import OutboxEvent


def record(event: DomainEvent) -> None:
    """Announce a domain event: an outbox row now, pushes just before the commit, subscribers after it."""
    work = current_work()
    work.session.add(OutboxEvent(name=event.name, payload=event.payload()))
    work.events.append(event)


def remind(event: DomainEvent, *, due_at: datetime) -> None:
    """Set a durable timer: the event reaches its subscribers (but nobody's screen) once ``due_at`` has come."""
    current_work().session.add(OutboxEvent(name=event.name, payload=event.payload(), due_at=due_at))
