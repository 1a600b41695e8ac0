"""What the backchannel does in the transaction in which a session opens or ends, or somebody's role changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.backchannel import service
from plugin.core.actor import BACKSTAGE
from plugin.outbox.domain_event import DomainEvent
from plugin.rooms.domain_events import ParticipantRemoved, RoleChanged, SessionChanged, SessionEnded, SessionStarted


def open_with_session(event: SessionChanged) -> None:
    """A session exists now, planned or open: so does its backchannel."""
    if event.from_state is None:
        service.open_for(event.session_id)


def follow_role(event: RoleChanged) -> None:
    """Let in who came backstage, put out who left it."""
    was, is_now = event.from_role in BACKSTAGE, event.to_role in BACKSTAGE
    if is_now and not was:
        service.admit(event.session_id, event.account_id)
    elif was and not is_now:
        service.dismiss(event.session_id, event.account_id)
    else:
        service.refresh(event.session_id, event.account_id)


def put_out(event: ParticipantRemoved) -> None:
    """Put out who was backstage when removed from the room; others must not learn of it even by that."""
    if event.was_backstage:
        service.dismiss(event.session_id, event.account_id)


def follow_end(event: SessionEnded) -> None:
    """The debrief begins."""
    service.follow_end(event.session_id)


def follow_return(event: SessionStarted) -> None:
    """The session came back: no end is in sight."""
    if event.is_resumed:
        service.follow_end(event.session_id)


REACTIONS: Mapping[type[DomainEvent], Callable[[Any], None]] = {
    SessionChanged: open_with_session,
    RoleChanged: follow_role,
    ParticipantRemoved: put_out,
    SessionEnded: follow_end,
    SessionStarted: follow_return,
}
