"""The outbox's tables: what waits to be handed on, and to whom it was handed already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime


class OutboxEvent(Base):
    """A domain event on its way to its subscribers; written in the transaction in which it happened."""

    __tablename__ = "outbox_events"
    __table_args__ = (Index("ix_outbox_events_waiting", "relayed_at", "dead_at", "due_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    relayed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))


class OutboxReceipt(Base):
    """One subscriber has dealt with one event; a second relay run finds it and passes on."""

    __tablename__ = "outbox_receipts"

    event_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    subscriber: Mapped[str] = mapped_column(String(120), primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
