"""What happens between people. Only the person who did it is told; the other is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugin.outbox.domain_event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RelationChanged(DomainEvent):
    """A person follows, blocks, or no longer does, another account."""

    name: ClassVar[str] = "accounts.relation_changed"
    account_id: str
    other_id: str
