"""Who may do what with messages, once it is known that they may read them."""

from __future__ import annotations

from datetime import timedelta

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.errors import AppError
from plugin.messaging import access
from plugin.messaging.errors import (
    DeletedMessageError,
    NotModeratorError,
    NotYourMessageError,
    ReadOnlyError,
    TooLateToEditError,
)
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation, ConversationState, Message

EDIT_SECONDS = 15 * 60

_WRITABLE = frozenset({ConversationState.OPEN, ConversationState.PENDING})


def ensure_is_open(conversation: Conversation) -> None:
    """Refuse what changes a conversation that can only be read; in a pending one the kind decides."""
    if access.effective_state(conversation) not in _WRITABLE:
        raise ReadOnlyError()


def ensure_can_post(actor: Actor, conversation: Conversation) -> None:
    """Refuse who may not write here."""
    ensure_is_open(conversation)
    kind_of(conversation).ensure_may_post(actor, conversation)


def posting_refusal(actor: Actor, conversation: Conversation) -> AppError | None:
    """Return why the actor may not write here, None if they may."""
    try:
        ensure_can_post(actor, conversation)
    except AppError as error:
        return error
    return None


def ensure_can_edit(actor: Actor, conversation: Conversation, message: Message) -> None:
    """Let the author change the words for 15 minutes, while the conversation is open to them."""
    ensure_exists(message)
    if message.author_id != actor.account_id:
        raise NotYourMessageError()
    if message.created_at + timedelta(seconds=EDIT_SECONDS) <= now():
        raise TooLateToEditError()
    ensure_can_post(actor, conversation)


def ensure_can_delete(actor: Actor, conversation: Conversation, message: Message) -> None:
    """Let the author delete at any time, and moderators what others wrote."""
    if message.author_id != actor.account_id and not kind_of(conversation).may_moderate(actor, conversation):
        raise NotYourMessageError()


def ensure_can_react(actor: Actor, conversation: Conversation, message: Message) -> None:
    """Let those react who may write."""
    ensure_exists(message)
    ensure_can_post(actor, conversation)


def ensure_can_pin(actor: Actor, conversation: Conversation, message: Message) -> None:
    """Let moderators pin, and everybody where the kind says so."""
    ensure_exists(message)
    ensure_is_open(conversation)
    if not may_pin(actor, conversation):
        raise NotModeratorError()


def may_pin(actor: Actor, conversation: Conversation) -> bool:
    """Whether the actor may pin messages here."""
    kind = kind_of(conversation)
    return kind.rules.everybody_pins or kind.may_moderate(actor, conversation)


def ensure_exists(message: Message) -> None:
    """Refuse what acts on a tombstone."""
    if message.deleted_at is not None:
        raise DeletedMessageError()
