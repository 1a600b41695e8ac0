"""What a host's panel needs to know of the backchannel when it starts; to all others it is not even named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.backchannel import queries, service, views
from plugin.core.actor import Actor
from plugin.core.unit_of_work import unit_of_work


def bootstrap(actor: Actor) -> Mapping[str, Any]:
    """Return the member ``backchannel`` to those backstage: which of their conversations it is.

    A session from before this feature gets one now.
    """
    if not actor.is_backstage:
        return {}
    if queries.backchannel(actor.session_id) is None:
        with unit_of_work():
            service.open_for(actor.session_id)
    place = queries.backchannel(actor.session_id)
    if place is None or service.conversation_of(actor.session_id) is None:
        return {}
    return {"backchannel": views.settings_view(place)}
