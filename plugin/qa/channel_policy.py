"""Who may hear the channel of an asker: whoever stands behind the key, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.core.actor import Actor
from plugin.qa import authorship


def may_hear_asker(actor: Actor, channel: str) -> bool:
    """Whether this is the actor's own asker channel."""
    return channel == authorship.channel_for(actor)


def own_channels(actor: Actor) -> tuple[str, ...]:
    """Return the channels of this feature that the actor's panel subscribes to."""
    return (authorship.channel_for(actor),)


POLICIES: Mapping[str, Callable[[Actor, str], bool]] = {"asker": may_hear_asker}
