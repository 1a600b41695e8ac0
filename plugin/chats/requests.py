"""Group requests: being asked into a group is not being in it."""

from __future__ import annotations

from plugin.accounts.models import Account
from plugin.chats import policy, queries
from plugin.chats.domain_events import GroupRequestClosed, GroupRequested
from plugin.chats.models import GroupRequest, History, RequestState
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.messaging import queries as messaging
from plugin.messaging.models import Conversation
from plugin.outbox.recorder import record


def ask(actor: Actor, group: Conversation, other: Account) -> GroupRequest:
    """Ask somebody into a group; asking again while they have not answered changes nothing."""
    known = queries.request(group.id, other.id)
    if known is not None and known.state == RequestState.WAITING:
        return known
    policy.ensure_can_ask(actor, other)
    asked = known or GroupRequest(conversation_id=group.id, account_id=other.id)
    asked.invited_by_id, asked.invited_at, asked.state = actor.account_id, now(), RequestState.WAITING
    session().add(asked)
    session().flush()
    record(GroupRequested(conversation_id=group.id, account_id=other.id))
    return asked


def take(actor: Actor, conversation_id: str) -> Conversation:
    """Accept a waiting request and return the group, locked until the commit; the caller lets the person in."""
    _waiting(actor, conversation_id)
    group = messaging.conversation_for_update(conversation_id)
    waiting = _waiting(actor, conversation_id)  # it may have been withdrawn while the lock was awaited
    _settle(waiting, RequestState.ACCEPTED)
    return group


def decline(actor: Actor, conversation_id: str) -> None:
    """Say no, for good: the same group does not ask again."""
    _settle(_waiting(actor, conversation_id), RequestState.DECLINED)


def close(conversation_id: str, account_id: str) -> bool:
    """Take back a request that waits; False where none does."""
    known = queries.request(conversation_id, account_id)
    if known is None or known.state != RequestState.WAITING:
        return False
    _settle(known, RequestState.WITHDRAWN)
    return True


def sees_history(conversation_id: str) -> bool:
    """Whether people added now see what was written before."""
    return queries.group(conversation_id).history == History.ALL


def _waiting(actor: Actor, conversation_id: str) -> GroupRequest:
    known = queries.request(conversation_id, actor.account_id)
    if known is None or known.state != RequestState.WAITING:
        raise NotFoundError()
    return known


def _settle(request: GroupRequest, state: RequestState) -> None:
    request.state = state
    session().flush()
    record(GroupRequestClosed(conversation_id=request.conversation_id, account_id=request.account_id))
