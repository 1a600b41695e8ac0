"""Direct chats: one for each two people, made by the first message and kept for ever."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from plugin.accounts import queries as accounts
from plugin.accounts import relations
from plugin.accounts.models import Account
from plugin.chats import policy, queries
from plugin.chats.domain_events import PreferenceChanged
from plugin.chats.models import ChatPreference, Invites
from plugin.chats.routing import Route, current_routing
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.messaging import conversations, service
from plugin.messaging import queries as messaging
from plugin.messaging.models import Conversation, ConversationState, Message
from plugin.outbox.recorder import record


def write(actor: Actor, account_id: str, *, text: str, client_id: str) -> Message:
    """Say something to one person; the first message makes the chat, whether the other is here or not."""
    policy.ensure_can_chat(actor)
    other = relations.other_of(actor, account_id)
    chat = direct(actor, other) or _open(actor, other, policy.ensure_can_write_first(actor, other))
    return service.send(actor, chat.id, text=text, client_id=client_id)


def direct(actor: Actor, other: Account) -> Conversation | None:
    """Return the chat of the actor and the other, None before the first message."""
    return messaging.conversation_by_pair(conversations.pair_key(actor.account_id, other.id))


def _open(actor: Actor, other: Account, route: Route) -> Conversation:
    pair = actor.account_id, other.id
    state = ConversationState.OPEN if route is Route.MAIN else ConversationState.PENDING
    try:
        with session().begin_nested():
            return conversations.open_conversation(
                actor.install_id, queries.DIRECT, created_by_id=actor.account_id, pair=pair, members=pair, state=state
            )
    except IntegrityError:  # both wrote their first message at this very moment
        known = direct(actor, other)
        if known is None:
            raise
        return known


def reachable(actor: Actor) -> list[str]:
    """Return the accounts to whom the actor may write at once."""
    if actor.is_guest:
        return []
    return sorted(current_routing().reachable(actor) - accounts.blocked_either_way(actor.account_id))


def prefer_group_invites(actor: Actor, invites: str) -> Invites:
    """Keep who may add the person to groups."""
    policy.ensure_can_chat(actor)
    kept = session().get(ChatPreference, actor.account_id)
    if kept is None:
        session().add(ChatPreference(account_id=actor.account_id, group_invites=Invites(invites)))
    else:
        kept.group_invites = Invites(invites)
    session().flush()
    record(PreferenceChanged(account_id=actor.account_id))
    return Invites(invites)
