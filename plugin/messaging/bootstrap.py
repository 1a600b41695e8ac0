"""What a panel needs to know of a person's conversations when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.core.actor import Actor
from plugin.messaging import personal, policy, queries, service, shelf, wording

FIRST_PAGE = 30


def bootstrap(actor: Actor) -> Mapping[str, Any]:
    """Return the member ``messaging``: the latest conversations, the number on the badge, and the limits."""
    latest = queries.readable(actor, None, FIRST_PAGE)
    return {
        "messaging": {
            "conversations": personal.list_view(actor, latest),
            "unread_conversations": personal.unread_conversations(actor),
            "limits": {
                "text_max": wording.TEXT_MAX,
                "cards_max": wording.CARDS_MAX,
                "edit_seconds": policy.EDIT_SECONDS,
                "reaction_kinds_max": service.REACTION_KINDS_MAX,
                "pins_max": service.PINS_MAX,
                "unread_max": personal.UNREAD_MAX,
                "draft_days": shelf.DRAFT_DAYS,
            },
        }
    }
