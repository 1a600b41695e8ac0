"""The chats' tables: what a group does with newcomers, who was asked to join one, and who may ask."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime


class History(StrEnum):
    """What people see who are added to a group later."""

    JOINING = "joining"
    ALL = "all"


class RequestState(StrEnum):
    """How a group request stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Invites(StrEnum):
    """Who may add a person to groups."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"
    NOBODY = "nobody"


class Group(Base):
    """What a group has beyond its conversation."""

    __tablename__ = "chat_groups"

    conversation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    history: Mapped[str] = mapped_column(String(8), default=History.JOINING)


class GroupRequest(Base):
    """Somebody was asked to join a group by a person they do not follow; they are no member until they accept."""

    __tablename__ = "group_requests"
    __table_args__ = (Index("ix_group_requests_account_id_state", "account_id", "state"),)

    conversation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    invited_by_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(String(10), default=RequestState.WAITING)


class ChatPreference(Base):
    """What a person has chosen about chats; who has chosen nothing has no row."""

    __tablename__ = "chat_preferences"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    group_invites: Mapped[str] = mapped_column(String(10), default=Invites.EVERYONE)
