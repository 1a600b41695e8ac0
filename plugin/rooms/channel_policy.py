"""Who may hear which of the rooms' channels, asked at each subscription with the role of that moment."""

from __future__ import annotations

from collections.abc import Callable

from plugin.core.actor import Actor
from plugin.realtime import channels


def may_hear_audience(actor: Actor, channel: str) -> bool:
    """Everyone in this session."""
    return channel == channels.audience(actor.session_id)


def may_hear_backstage(actor: Actor, channel: str) -> bool:
    """Hosts, co-hosts and producers of this session."""
    return actor.is_backstage and channel == channels.backstage(actor.session_id)


def may_hear_person(actor: Actor, channel: str) -> bool:
    """Only the person."""
    return channel == channels.person(actor.session_id, actor.account_id)


POLICIES: dict[str, Callable[[Actor, str], bool]] = {
    "audience": may_hear_audience,
    "backstage": may_hear_backstage,
    "person": may_hear_person,
}
