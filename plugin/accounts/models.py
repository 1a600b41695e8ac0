"""The accounts tables: people across rooms, the names by which audio servers know them, who follows or blocks whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime
from plugin.core.ids import new_id


class TimeLimits(StrEnum):
    """How much time a person wants for decisions that the panel limits (WCAG 2.2.1)."""

    STANDARD = "standard"
    LONG = "long"
    NONE = "none"


class Account(Base):
    """A person across the rooms of one install; a guest has no identity on the audio server."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("acc"))
    install_id: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    locale: Mapped[str | None] = mapped_column(String(35))
    is_guest: Mapped[bool] = mapped_column(default=False)
    is_platform_moderator: Mapped[bool] = mapped_column(default=False)
    time_limits: Mapped[str] = mapped_column(String(10), default=TimeLimits.STANDARD)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class PlatformIdentity(Base):
    """Who an account is on the audio server of one install."""

    __tablename__ = "platform_identities"

    install_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    platform_user_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)


class Follow(Base):
    """One person wants to hear of another; the other is not asked."""

    __tablename__ = "follows"

    follower_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    followed_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Block(Base):
    """One person wants nothing of another; the other is not told."""

    __tablename__ = "blocks"

    blocker_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    blocked_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
