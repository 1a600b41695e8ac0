"""What chats look like from outside, beyond what the messaging engine shows of any conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.accounts.models import Account
from plugin.chats import policy, queries, service
from plugin.chats.models import GroupRequest
from plugin.core.actor import Actor
from plugin.core.clock import isoformat
from plugin.core.errors import AppError
from plugin.messaging import access, personal
from plugin.messaging import policy as messaging_policy
from plugin.messaging import queries as messaging
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation
from plugin.messaging.people import names_of

View = dict[str, Any]


def person_view(account: Account) -> View:
    """Show somebody to write to."""
    return {"account_id": account.id, "name": account.name}


def direct_view(actor: Actor, other: Account) -> View:
    """Show the chat with one person, which may not exist yet: who would read it, and whether one may write."""
    chat = service.direct(actor, other)
    refusal = messaging_policy.posting_refusal(actor, chat) if chat else _first_refusal(actor, other)
    return {
        "person": person_view(other),
        "conversation_id": chat.id if chat else None,
        "audience": {"kind": queries.DIRECT, "count": 1, "names": [other.name]},
        "can": {
            "post": refusal is None,
            "post_refusal": {"code": refusal.code, "message": refusal.message} if refusal else None,
        },
    }


def _first_refusal(actor: Actor, other: Account) -> AppError | None:
    try:
        policy.ensure_can_write_first(actor, other)
    except AppError as refusal:
        return refusal
    return None


def group_view(actor: Actor, group: Conversation) -> View:
    """Show a group to a member: the conversation, what newcomers see, and to moderators who was asked."""
    asked = queries.asked(group.id) if kind_of(group).may_moderate(actor, group) else []
    names = names_of([one.account_id for one in asked])
    return {
        "conversation": personal.full_view(actor, access.conversation(actor, group.id)),
        "history": queries.group(group.id).history,
        "asked": [{"account_id": one.account_id, "name": names.get(one.account_id, "")} for one in asked],
    }


def request_views(requests: Sequence[GroupRequest]) -> list[View]:
    """Show group requests to the person who was asked: not who is in the group, only how many."""
    names = names_of([one.invited_by_id for one in requests])
    return [_request_view(one, names.get(one.invited_by_id, "")) for one in requests]


def _request_view(request: GroupRequest, inviter: str) -> View:
    group = messaging.conversation(request.conversation_id)
    return {
        "id": request.conversation_id,
        "name": group.name,
        "invited_by": {"account_id": request.invited_by_id, "name": inviter},
        "invited_at": isoformat(request.invited_at),
        "member_count": group.members_count or 0,
    }
