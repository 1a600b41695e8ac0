"""The messaging tables: conversations, who belongs, what was said, and what each person keeps for themselves."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime
from plugin.core.ids import new_id
from plugin.messaging import search_index


class ConversationState(StrEnum):
    """What may happen in a conversation: pending waits for a yes, read-only may open again, closed never does."""

    OPEN = "open"
    PENDING = "pending"
    READ_ONLY = "read_only"
    CLOSED = "closed"


class MemberRole(StrEnum):
    """What a stored member is in one conversation."""

    MODERATOR = "moderator"
    MEMBER = "member"


class Conversation(Base):
    """Where people write; its row is the lock under which messages get their ``seq``.

    ``kind`` names the feature that decides who may what. ``channel_number`` counts up whenever somebody new may not
    know what was told before: the channel of that name is never heard again. ``members_count`` is None where
    membership is derived and not stored.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_deletes_at", "deletes_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("cnv"))
    install_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    session_id: Mapped[str | None] = mapped_column(ForeignKey("room_sessions.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default=ConversationState.OPEN)
    pair_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    active_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deletes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seq: Mapped[int] = mapped_column(default=0)
    members_count: Mapped[int | None]
    channel_number: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """One person's place in a conversation whose members are stored; who has left keeps the row, not the access."""

    __tablename__ = "memberships"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default=MemberRole.MEMBER)
    visible_from_seq: Mapped[int] = mapped_column(default=1)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """What somebody said; ``author_id`` is None for what the house says.

    ``number`` is the order across conversations and never leaves the server. ``body`` is the token tree of ``text``.
    ``search_text`` is what the full-text index reads (`search_terms`). A deleted message keeps its place and nothing
    else; ``deleted_digest`` lets an operator check a claim about it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "author_id", "client_key"),
        Index("ix_messages_thread_id_seq", "thread_id", "seq"),
        Index("ix_messages_conversation_id_pinned_at", "conversation_id", "pinned_at"),
    )

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: new_id("msg"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    client_key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    body: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    cards: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    mentions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    search_text: Mapped[str] = mapped_column(Text, default="")
    quote_id: Mapped[str | None] = mapped_column(String(40))
    thread_id: Mapped[str | None] = mapped_column(String(40))
    thread_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pinned_by_id: Mapped[str | None] = mapped_column(String(40))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[str | None] = mapped_column(String(40))
    deleted_digest: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)


event.listen(Message.__table__, "after_create", search_index.after_create)
event.listen(Message.__table__, "before_drop", search_index.before_drop)


class MessageEdit(Base):
    """What a message said before an edit."""

    __tablename__ = "message_edits"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reaction(Base):
    """One person's emoji on a message, each at most once."""

    __tablename__ = "reactions"

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    emoji: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ReadMarker(Base):
    """What one person keeps about a conversation: how far they read, whether it is muted or put away.

    It gives no access. Archived holds until the next message: ``archived_at_seq`` is where the conversation was then.
    """

    __tablename__ = "read_markers"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    last_read_seq: Mapped[int] = mapped_column(default=0)
    muted_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at_seq: Mapped[int | None]
    shares_receipts: Mapped[bool] = mapped_column(default=False)


class Draft(Base):
    """What somebody has typed and not sent, the same on all their devices."""

    __tablename__ = "drafts"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(Text)
    quote_id: Mapped[str | None] = mapped_column(String(40), index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
