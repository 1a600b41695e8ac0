"""What one person's decisions about another look like from outside; routes and pushes use the same words."""

from __future__ import annotations

from typing import Any

from plugin.accounts import queries
from plugin.accounts.models import Account, Block
from plugin.core.clock import isoformat

View = dict[str, Any]


def relation_view(account_id: str, other_id: str) -> View:
    """Show what somebody has decided about another; what the other decided is not told."""
    return {
        "account_id": other_id,
        "is_followed": queries.is_following(account_id, other_id),
        "is_blocked": queries.has_blocked(account_id, other_id),
    }


def block_view(block: Block, account: Account) -> View:
    """Show one line of somebody's list of blocked people."""
    return {"account_id": account.id, "name": account.name, "blocked_at": isoformat(block.created_at)}
