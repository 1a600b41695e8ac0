"""Who may start a chat with whom, who may add whom to a group, and who runs one."""

from __future__ import annotations

from datetime import timedelta

from plugin.accounts import queries as accounts
from plugin.accounts.models import Account
from plugin.chats import queries
from plugin.chats.errors import (
    CannotBeAddedError,
    GroupSizeError,
    GuestCannotChatError,
    NotTakingMessagesError,
    TooManyRequestsError,
    YouBlockedError,
)
from plugin.chats.models import Invites, RequestState
from plugin.chats.routing import Route, current_routing
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.errors import AppError, NotFoundError
from plugin.messaging.errors import NotModeratorError
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation
from plugin.rooms.ports import current_ports

GROUP_MIN, GROUP_MAX = 3, 15
NAME_MAX = 60
#: How many open group requests a person may have made, and get, in a day (T17).
ASKED_MAX, ASKED_OF_ONE_MAX = 20, 20
DAY = timedelta(days=1)


def ensure_can_chat(actor: Actor) -> None:
    """Chats outlive the session, and a guest's account does not."""
    if actor.is_guest:
        raise GuestCannotChatError()


def ensure_can_write_first(actor: Actor, other: Account) -> Route:
    """Return where a first message goes.

    Everything is looked up before anything is refused, and a blocked stranger reads what every stranger reads: neither
    the sentence nor the time it takes says who blocked whom.
    """
    ensure_can_chat(actor)
    if other.is_guest:
        raise GuestCannotChatError()
    is_blocked = accounts.is_blocked_either_way(actor.account_id, other.id)
    has_blocked = accounts.has_blocked(actor.account_id, other.id)
    route = _route(actor, other)
    if has_blocked:
        raise YouBlockedError(other.name)
    if isinstance(route, AppError):
        raise route
    if is_blocked:
        raise NotTakingMessagesError(other.name)
    return route


def _route(actor: Actor, other: Account) -> Route | AppError:
    try:
        return current_routing().route(actor, other)
    except AppError as refusal:
        return refusal


def ensure_can_add(actor: Actor, other: Account, conversation_id: str | None = None) -> None:
    """Refuse whom the actor may not add to a group; the sentence says why only to who knows already."""
    if accounts.has_blocked(actor.account_id, other.id):
        raise YouBlockedError(other.name)
    is_refused = other.is_guest or accounts.has_blocked(other.id, actor.account_id)
    if is_refused or not _takes_invites(actor, other) or _has_declined(conversation_id, other.id):
        raise CannotBeAddedError(other.name)


def _takes_invites(actor: Actor, other: Account) -> bool:
    invites = queries.group_invites(other.id)
    if invites is Invites.FOLLOWED:
        return current_ports().follows.follows(other.id, actor.account_id)
    return invites is Invites.EVERYONE


def _has_declined(conversation_id: str | None, account_id: str) -> bool:
    known = queries.request(conversation_id, account_id) if conversation_id else None
    return known is not None and known.state == RequestState.DECLINED


def ensure_can_ask(actor: Actor, other: Account) -> None:
    """Keep one person from asking many strangers, and many from asking one."""
    since = now() - DAY
    if queries.requests_by(actor.account_id, since) >= ASKED_MAX:
        raise TooManyRequestsError()
    if queries.requests_to(other.id, since) >= ASKED_OF_ONE_MAX:
        raise CannotBeAddedError(other.name)


def ensure_size(count: int) -> None:
    """Three to fifteen."""
    if not GROUP_MIN <= count <= GROUP_MAX:
        raise GroupSizeError()


def ensure_is_group(conversation: Conversation) -> None:
    """Other conversations have nobody to add, remove or rename."""
    if conversation.kind != queries.GROUP:
        raise NotFoundError()


def ensure_can_moderate(actor: Actor, conversation: Conversation) -> None:
    """Only moderators add, remove and rename."""
    if not kind_of(conversation).may_moderate(actor, conversation):
        raise NotModeratorError("Only a moderator of this group can do this.")
