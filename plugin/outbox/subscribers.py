"""Who wants to hear of which domain event, and the two ways in which a subscriber may fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plugin.core.slot import Slot
from plugin.outbox.domain_event import DomainEvent

#: Called in the worker, outside any transaction; opens its own units of work and must be idempotent.
Subscriber = Callable[[Any], None]


class RetryLaterError(Exception):
    """The subscriber could not do it now; the relay asks again with a growing delay."""


class GiveUpError(Exception):
    """It will never work; the relay parks the event as a dead letter that the operator can see."""


@dataclass
class Subscribers:
    """The subscribers of one app, by kind of event."""

    by_event: dict[type[DomainEvent], list[Subscriber]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event: type[DomainEvent], subscriber: Subscriber) -> None:
        """Let ``subscriber`` hear of every ``event``."""
        self.by_event[event].append(subscriber)

    def of(self, event: type[DomainEvent]) -> list[Subscriber]:
        """Return who wants to hear of this kind."""
        return self.by_event.get(event, [])


SUBSCRIBERS: Slot[Subscribers] = Slot("subscribers")


def current_subscribers() -> Subscribers:
    """Return the subscribers of the current app."""
    return SUBSCRIBERS.get()


def subscriber_name(subscriber: Subscriber) -> str:
    """Return the stable name under which receipts are kept."""
    return f"{subscriber.__module__.removeprefix('plugin.')}.{subscriber.__qualname__}"
