"""Who may change how the backchannel works; to everybody who is not backstage it does not exist."""

from __future__ import annotations

from plugin.core.actor import Actor
from plugin.core.errors import ForbiddenError, NotFoundError


def ensure_can_change_settings(actor: Actor) -> None:
    """Hosts and co-hosts decide what newcomers see; a listener learns nothing, not even this."""
    if not actor.is_backstage:
        raise NotFoundError()
    if not actor.is_hosting:
        raise ForbiddenError("Only hosts and co-hosts may do this.", code="hosts_only")
