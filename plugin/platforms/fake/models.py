"""The state of the built-in demo platform: its rooms, and who is in them with which rights."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.database import Base, UtcDateTime


class Behaviour(StrEnum):
    """How the demo platform answers actions: as asked, with a refusal, without ever confirming, or late."""

    NORMAL = "normal"
    REFUSES = "refuses"
    SILENT = "silent"
    SLOW = "slow"


class FakeRoom(Base):
    """One room of the demo platform; ``notice`` is the line last shown to everyone."""

    __tablename__ = "fake_rooms"

    install_id: Mapped[str] = mapped_column(ForeignKey("installs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    behaviour: Mapped[str] = mapped_column(String(10), default=Behaviour.NORMAL.value)
    notice: Mapped[str] = mapped_column(String(300), default="")


class FakePerson(Base):
    """One person in one room; ``last_seen_at`` is None for people who are not behind a page (tests)."""

    __tablename__ = "fake_people"

    install_id: Mapped[str] = mapped_column(ForeignKey("installs.id", ondelete="CASCADE"), primary_key=True)
    room: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(10))
    can_speak: Mapped[bool] = mapped_column(Boolean, default=False)
    is_audible: Mapped[bool] = mapped_column(Boolean, default=False)
    is_present: Mapped[bool] = mapped_column(Boolean, default=True)
    is_removed: Mapped[bool] = mapped_column(Boolean, default=False)
    notice: Mapped[str] = mapped_column(String(300), default="")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
