"""A person's own panels hear of group requests; the engine tells everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plugin.chats import domain_events as happened
from plugin.chats import queries, views
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import channels
from plugin.realtime.push import Announcement, Push


def on_requested(event: happened.GroupRequested) -> Iterator[Announcement]:
    """Show the request to the person who was asked."""
    request = queries.request(event.conversation_id, event.account_id)
    if request is not None:
        data = {"group_request": views.request_views([request])[0]}
        yield Push(channels.inbox(event.account_id), event.name, data)


def on_closed(event: happened.GroupRequestClosed) -> Iterator[Announcement]:
    """Let it vanish on every device of theirs."""
    removed = {"kind": "group_request", "id": event.conversation_id}
    yield Push(channels.inbox(event.account_id), event.name, {"removed": removed})


def on_preference(event: happened.PreferenceChanged) -> Iterator[Announcement]:
    """Tell the person's other devices."""
    data = {"group_invites": queries.group_invites(event.account_id)}
    yield Push(channels.inbox(event.account_id), event.name, data)


PUSHES: Mapping[type[DomainEvent], Callable[[Any], Iterable[Announcement]]] = {
    happened.GroupRequested: on_requested,
    happened.GroupRequestClosed: on_closed,
    happened.PreferenceChanged: on_preference,
}
