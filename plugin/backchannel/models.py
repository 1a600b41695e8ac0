"""The backchannel's tables: one row for each room session, and from where on late hosts see the conversation."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.database import Base


class Backchannel(Base):
    """Which conversation is the hosts' own; who may read it is never stored, the role decides at each read.

    ``conversation_id`` is no foreign key: the row outlives the erased conversation, so that none is opened again.
    """

    __tablename__ = "backchannels"

    session_id: Mapped[str] = mapped_column(ForeignKey("room_sessions.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(40), unique=True)
    shows_history: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class BackchannelEntry(Base):
    """From which message on somebody sees the conversation who came backstage while it was running."""

    __tablename__ = "backchannel_entries"

    session_id: Mapped[str] = mapped_column(ForeignKey("room_sessions.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    first_seq: Mapped[int]
