"""`Feature`: what a feature plugs into the house, collected by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.api.blueprint import Blueprint
from plugin.core.actor import Actor
from plugin.messaging.kinds import ConversationKind
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.reactions import Reaction
from plugin.outbox.subscribers import Subscriber
from plugin.realtime.push import Announcement

#: Turns a domain event into announcements, inside the transaction; may read the database, must not change it.
PushFunction = Callable[[Any], Iterable[Announcement]]
#: Says whether this actor may hear this channel now.
ChannelPolicy = Callable[[Actor, str], bool]


@dataclass(frozen=True)
class Feature:
    """One feature's plugs.

    ``channel_policies`` maps a channel's prefix (``asker``) to who may subscribe, ``channels`` says which
    of them a panel listens to, ``bootstrap`` adds members to its first answer. ``sweeps`` are idempotent functions
    that the worker calls every 15 seconds. ``reactions`` run in the transaction of the event, ``subscriptions`` after
    it. ``conversation_kinds`` say who may do what in the feature's conversations.
    """

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    pushes: Mapping[type[DomainEvent], PushFunction] = field(default_factory=dict)
    reactions: Mapping[type[DomainEvent], Reaction] = field(default_factory=dict)
    subscriptions: Mapping[type[DomainEvent], Subscriber] = field(default_factory=dict)
    channel_policies: Mapping[str, ChannelPolicy] = field(default_factory=dict)
    channels: Callable[[Actor], Sequence[str]] | None = None
    bootstrap: Callable[[Actor], Mapping[str, Any]] | None = None
    conversation_kinds: Mapping[str, ConversationKind] = field(default_factory=dict)
    sweeps: tuple[Callable[[], int], ...] = ()
