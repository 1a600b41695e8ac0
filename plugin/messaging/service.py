"""The verbs of messages: send, edit, delete, react, pin. Each holds the conversation's lock, so ``seq`` has no gap."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import update

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.messaging import access, forgetting, markdown, mentions, policy, queries, search_terms, shelf, wording
from plugin.messaging.conversations import revoke
from plugin.messaging.domain_events import (
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    ReactionChanged,
)
from plugin.messaging.errors import NoThreadsError, StaleMessageError, TooManyPinsError, TooManyReactionsError
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation, Draft, Message, MessageEdit, Reaction
from plugin.outbox.recorder import record

__all__ = ["delete", "edit", "pin", "post", "react", "revoke", "send", "unpin", "unreact"]

REACTION_KINDS_MAX = 20
PINS_MAX = 50

Cards = Sequence[dict[str, Any]]


def send(
    actor: Actor,
    conversation_id: str,
    *,
    text: str,
    client_id: str,
    quote_id: str | None = None,
    thread_id: str | None = None,
    cards: Cards = (),
) -> Message:
    """Say something; the same ``client_id`` again returns the message that stands already."""
    conversation = access.held_conversation(actor, conversation_id)
    if known := queries.message_by_client_key(conversation.id, actor.account_id, client_id):
        return known
    policy.ensure_can_post(actor, conversation)
    if quote_id:
        policy.ensure_exists(access.visible_message(actor, conversation, quote_id))
    if thread_id:
        access.visible_message(actor, conversation, thread_id)
    message = Message(author_id=actor.account_id, client_key=client_id, quote_id=quote_id, thread_id=thread_id)
    _say(conversation, message, text, cards, actor)
    shelf.settle_after_sending(conversation, actor.account_id)
    return message


def post(
    conversation_id: str,
    *,
    text: str,
    client_id: str,
    author_id: str | None = None,
    thread_id: str | None = None,
    cards: Cards = (),
) -> Message:
    """Say something for the house or in the name of somebody who asked for it; the calling feature has decided that
    it may. The same ``client_id`` again returns the message that stands already."""
    conversation = queries.conversation_for_update(conversation_id)
    if known := queries.message_by_client_key(conversation.id, author_id, client_id):
        return known
    message = Message(author_id=author_id, client_key=client_id, thread_id=thread_id)
    return _say(conversation, message, text, cards, None)


def _say(conversation: Conversation, message: Message, text: str, cards: Cards, actor: Actor | None) -> Message:
    message.conversation_id, message.created_at = conversation.id, now()
    message.cards = wording.cards_of(cards)
    _compose(conversation, message, wording.clean_message(text, may_be_empty=bool(cards)), actor)
    if message.thread_id:
        _root_of(conversation, message.thread_id).thread_count += 1
    conversation.last_seq += 1
    conversation.active_at = message.created_at
    message.seq = conversation.last_seq
    session().add(message)
    session().flush()
    record(
        MessageSent(
            conversation_id=conversation.id, message_id=message.id, author_id=message.author_id, seq=message.seq
        )
    )
    return message


def _compose(conversation: Conversation, message: Message, text: str, actor: Actor | None) -> None:
    called = mentions.found_in(text, conversation, actor)
    message.text, message.mentions = text, [mention.view() for mention in called]
    message.body = markdown.tree(text, mentions.spelled(called))
    message.search_text = search_terms.search_text(
        text,
        conversation_id=conversation.id,
        author_id=message.author_id,
        has_link=markdown.has_link(message.body),
    )


def _root_of(conversation: Conversation, thread_id: str) -> Message:
    root = queries.message(thread_id)
    if root.conversation_id != conversation.id:
        raise NotFoundError()
    if root.thread_id is not None or not kind_of(conversation).rules.has_threads:
        raise NoThreadsError()
    return root


def edit(actor: Actor, message_id: str, *, text: str, version: int | None = None) -> Message:
    """Change the words of one's own message; ``version`` is the one that was on the author's screen."""
    conversation, message = access.held_message(actor, message_id)
    policy.ensure_can_edit(actor, conversation, message)
    if version is not None and version != message.version:
        raise StaleMessageError(version=message.version)
    text = wording.clean_message(text, may_be_empty=bool(message.cards))
    if text == message.text:
        return message
    session().add(
        MessageEdit(message_id=message.id, text=message.text, written_at=message.edited_at or message.created_at)
    )
    _compose(conversation, message, text, actor)
    message.edited_at = now()
    message.version += 1
    record(MessageEdited(conversation_id=conversation.id, message_id=message.id))
    return message


def delete(actor: Actor, message_id: str) -> Message:
    """Leave only the place of a message: its words go from history, search, quotes, drafts and the channel's log."""
    conversation, message = access.held_message(actor, message_id)
    policy.ensure_can_delete(actor, conversation, message)
    if message.deleted_at is not None:
        return message
    message.deleted_digest = hashlib.sha256(f"{message.id}\n{message.text}".encode()).hexdigest()
    message.text, message.search_text = "", ""
    message.body, message.cards, message.mentions = [], [], []
    message.quote_id, message.pinned_at, message.pinned_by_id = None, None, None
    message.deleted_at, message.deleted_by_id = now(), actor.account_id
    message.version += 1
    if message.thread_id:
        queries.message(message.thread_id).thread_count -= 1
    session().execute(delete_rows(MessageEdit).where(MessageEdit.message_id == message.id))
    session().execute(delete_rows(Reaction).where(Reaction.message_id == message.id))
    session().execute(update(Draft).where(Draft.quote_id == message.id).values(quote_id=None))
    forgetting.forget_message(conversation, message.id)
    record(MessageDeleted(conversation_id=conversation.id, message_id=message.id, deleted_by_id=actor.account_id))
    return message


def react(actor: Actor, message_id: str, emoji: str) -> Message:
    """Put an emoji on a message; again changes nothing."""
    conversation, message = access.held_message(actor, message_id)
    policy.ensure_can_react(actor, conversation, message)
    emoji = wording.clean_emoji(emoji)
    if session().get(Reaction, (message.id, emoji, actor.account_id)) is not None:
        return message
    kinds = queries.reaction_kinds(message.id)
    if emoji not in kinds and len(kinds) >= REACTION_KINDS_MAX:
        raise TooManyReactionsError()
    session().add(Reaction(message_id=message.id, emoji=emoji, account_id=actor.account_id))
    _record_reaction(actor, message, emoji, is_on=True)
    return message


def unreact(actor: Actor, message_id: str, emoji: str) -> Message:
    """Take one's emoji away, also where nobody can write any more."""
    _, message = access.held_message(actor, message_id)
    mine = session().get(Reaction, (message.id, emoji, actor.account_id))
    if mine is not None:
        session().delete(mine)
        _record_reaction(actor, message, emoji, is_on=False)
    return message


def _record_reaction(actor: Actor, message: Message, emoji: str, *, is_on: bool) -> None:
    session().flush()
    record(
        ReactionChanged(
            conversation_id=message.conversation_id,
            message_id=message.id,
            account_id=actor.account_id,
            emoji=emoji,
            is_on=is_on,
        )
    )


def pin(actor: Actor, message_id: str) -> Message:
    """Pin a message; again changes nothing."""
    conversation, message = access.held_message(actor, message_id)
    policy.ensure_can_pin(actor, conversation, message)
    if message.pinned_at is None:
        if queries.pins_count(conversation.id) >= PINS_MAX:
            raise TooManyPinsError()
        _set_pin(actor, message, is_pinned=True)
    return message


def unpin(actor: Actor, message_id: str) -> Message:
    """Take a pin away."""
    conversation, message = access.held_message(actor, message_id)
    policy.ensure_can_pin(actor, conversation, message)
    if message.pinned_at is not None:
        _set_pin(actor, message, is_pinned=False)
    return message


def _set_pin(actor: Actor, message: Message, *, is_pinned: bool) -> None:
    message.pinned_at = now() if is_pinned else None
    message.pinned_by_id = actor.account_id if is_pinned else None
    record(
        MessagePinned(
            conversation_id=message.conversation_id,
            message_id=message.id,
            account_id=actor.account_id,
            is_pinned=is_pinned,
        )
    )
