"""What time does to conversations: drafts are forgotten after 30 days, and a conversation past its life is erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, queries
from plugin.messaging.models import Conversation, ConversationState, Draft
from plugin.messaging.shelf import DRAFT_DAYS

BATCH = 50


def forget_drafts() -> int:
    """Delete drafts that nobody touched for 30 days."""
    with unit_of_work():
        old = delete(Draft).where(Draft.updated_at < now() - timedelta(days=DRAFT_DAYS))
        return session().connection().execute(old).rowcount


def close_conversations() -> int:
    """Write down that conversations past their closing time can only be read now, and tell those in them."""
    due = (Conversation.state == ConversationState.OPEN) & (Conversation.closes_at <= now())
    ids = session().scalars(select(Conversation.id).where(due).limit(BATCH)).all()
    for conversation_id in ids:
        with unit_of_work():
            found = queries.conversation_for_update(conversation_id)
            if found.state == ConversationState.OPEN and found.closes_at and found.closes_at <= now():
                conversations.change(conversation_id, state=ConversationState.READ_ONLY)
    return len(ids)


def erase_conversations() -> int:
    """Erase conversations past the end of their life."""
    ids = session().scalars(select(Conversation.id).where(Conversation.deletes_at <= now()).limit(BATCH)).all()
    for conversation_id in ids:
        with unit_of_work():
            conversations.erase(conversation_id)
    return len(ids)


SWEEPS: tuple[Callable[[], int], ...] = (forget_drafts, close_conversations, erase_conversations)
