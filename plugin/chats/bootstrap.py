"""What a panel needs to know of chats when it starts, beyond the engine's list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.chats import policy, queries, views
from plugin.core.actor import Actor


def bootstrap(actor: Actor) -> Mapping[str, Any]:
    """Return the member ``chats``: the groups that ask the person in, their choice, and the limits."""
    return {
        "chats": {
            "group_requests": views.request_views(queries.waiting_requests(actor.account_id)),
            "group_invites": queries.group_invites(actor.account_id),
            "limits": {
                "group_min": policy.GROUP_MIN,
                "group_max": policy.GROUP_MAX,
                "name_max": policy.NAME_MAX,
            },
        }
    }
