"""The tables of attached audio servers: installs, one-time setup codes, and the record of refused webhooks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime
from plugin.core.ids import new_id
from plugin.platforms.encryption import EncryptedJson


class InstallStatus(StrEnum):
    """How far an install has come; it is active once an event and an action were seen."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


class Install(Base):
    """One audio server attached to us.

    ``secrets`` maps a `SecretKind` to ``{"current", "previous", "previous_until"}``. ``granted_actions`` are
    capabilities: the ceiling of what we ask of the server. ``offered_events`` is what it said it would tell us.
    """

    __tablename__ = "installs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("ins"))
    kind: Mapped[str] = mapped_column(String(20))
    host_id: Mapped[str] = mapped_column(String(300), index=True)
    origin: Mapped[str | None] = mapped_column(String(300))
    action_url: Mapped[str | None] = mapped_column(String(500))
    allows_private_addresses: Mapped[bool] = mapped_column(Boolean, default=False)
    status: Mapped[str] = mapped_column(String(20), default=InstallStatus.PENDING.value)
    secrets: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    config: Mapped[dict[str, Any]] = mapped_column(EncryptedJson, default=dict)
    granted_actions: Mapped[list[str]] = mapped_column(JSON, default=list)
    offered_events: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_event_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_action_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_bad_signature_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SetupCode(Base):
    """A code that an admin hands to a host once; only its hash is kept, and it soon expires."""

    __tablename__ = "setup_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    allows_private_addresses: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    install_id: Mapped[str | None] = mapped_column(ForeignKey("installs.id", ondelete="SET NULL"))


class AuditLine(Base):
    """A webhook we refused: when, for which install and why; never what it said.

    Repeats within a minute raise ``times`` instead of adding lines, so that an attacker cannot fill the disk.
    """

    __tablename__ = "platform_audit_lines"
    __table_args__ = (Index("ix_platform_audit_lines_latest", "install_id", "reason", "first_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    install_id: Mapped[str] = mapped_column(ForeignKey("installs.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(40))
    times: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
