"""A person's own panels hear what they decided about others; nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plugin.accounts.domain_events import RelationChanged
from plugin.accounts.views import relation_view
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import channels
from plugin.realtime.push import Announcement, Push


def on_relation(event: RelationChanged) -> Iterator[Announcement]:
    """Tell the person's other devices."""
    data = {"relation": relation_view(event.account_id, event.other_id)}
    yield Push(channels.inbox(event.account_id), event.name, data)


PUSHES: Mapping[type[DomainEvent], Callable[[Any], Iterable[Announcement]]] = {RelationChanged: on_relation}
