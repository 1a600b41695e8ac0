"""What happens around chats, beyond what the messaging engine tells already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugin.outbox.domain_event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class GroupRequested(DomainEvent):
    """A person was asked to join a group; they are no member yet."""

    name: ClassVar[str] = "chats.group_requested"
    conversation_id: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class GroupRequestClosed(DomainEvent):
    """A group request no longer waits: it was accepted, declined or withdrawn."""

    name: ClassVar[str] = "chats.group_request_closed"
    conversation_id: str
    account_id: str


@dataclass(frozen=True, kw_only=True)
class PreferenceChanged(DomainEvent):
    """A person changed who may add them to groups."""

    name: ClassVar[str] = "chats.preference_changed"
    account_id: str
