"""The rooms tables: places, their live runs, who is there, whose hand is up and who is on stage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime
from plugin.core.ids import new_id
from plugin.rooms.states import HandsPolicy, HandState, SessionState, TurnState

INVITE_SECONDS = 30


class Room(Base):
    """A place on the audio server of one install."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("install_id", "external_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("room"))
    install_id: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RoomSession(Base):
    """One live run of a room.

    ``clocks`` holds the stamps of the latest platform events that started and ended it (`rooms.clocks`).
    ``present_count`` and ``quiet_count`` change only in `rooms.presence`.
    """

    __tablename__ = "room_sessions"
    __table_args__ = (UniqueConstraint("room_id", "number"), Index("ix_room_sessions_state", "state"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("ses"))
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=SessionState.LOBBY)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_ended_by_host: Mapped[bool] = mapped_column(default=False)
    last_event_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    present_count: Mapped[int] = mapped_column(default=0)
    quiet_count: Mapped[int] = mapped_column(default=0)
    hands_policy: Mapped[str] = mapped_column(String(10), default=HandsPolicy.EVERYONE)
    invite_seconds: Mapped[int] = mapped_column(default=INVITE_SECONDS)
    clocks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    is_presence_forgotten: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Participant(Base):
    """A person in one room session.

    ``clocks`` holds, for each thing the platform tells us about the person, the stamp of the event that counts
    (`rooms.clocks`); ``presence_stamp`` is the one for being there, in a column of its own. ``role_claim`` is what the
    platform last said, ``role`` what counts here.
    """

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("session_id", "account_id"),
        Index("ix_participants_session_id_platform_user_id", "session_id", "platform_user_id"),
        Index("ix_participants_session_id_role", "session_id", "role"),
        Index("ix_participants_session_id_is_present", "session_id", "is_present"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("par"))
    session_id: Mapped[str] = mapped_column(ForeignKey("room_sessions.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    platform_user_id: Mapped[str | None] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120))
    is_guest: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(10), default=Role.LISTENER)
    role_is_set_here: Mapped[bool] = mapped_column(default=False)
    role_claim: Mapped[str | None] = mapped_column(String(10))
    host_claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_present: Mapped[bool] = mapped_column(default=False)
    is_quiet: Mapped[bool] = mapped_column(default=False)
    can_speak: Mapped[bool] = mapped_column(default=False)
    is_audible: Mapped[bool] = mapped_column(default=False)
    audible_since_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_platform_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    presence_stamp: Mapped[str] = mapped_column(String(64), default="")
    clocks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    turns_count: Mapped[int] = mapped_column(default=0)


class Hand(Base):
    """One raised hand; ``order_key`` counts microseconds, so that every client sorts the queue alike."""

    __tablename__ = "hands"
    __table_args__ = (Index("ix_hands_queue", "session_id", "state", "order_key"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("hnd"))
    session_id: Mapped[str] = mapped_column(ForeignKey("room_sessions.id"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participants.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(140))
    question_id: Mapped[str | None] = mapped_column(String(40))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order_key: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=HandState.RAISED)
    lowered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lowering: Mapped[str | None] = mapped_column(String(16))


class StageTurn(Base):
    """One person's way onto the stage and back; ``question_id`` is opaque and set only where the person linked it."""

    __tablename__ = "stage_turns"
    __table_args__ = (
        Index("ix_stage_turns_session_id_state", "session_id", "state"),
        Index("ix_stage_turns_question_id", "question_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("trn"))
    session_id: Mapped[str] = mapped_column(ForeignKey("room_sessions.id"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participants.id"), index=True)
    question_id: Mapped[str | None] = mapped_column(String(40))
    hand_id: Mapped[str | None] = mapped_column(ForeignKey("hands.id"))
    state: Mapped[str] = mapped_column(String(10), default=TurnState.INVITED)
    invited_by_id: Mapped[str] = mapped_column(ForeignKey("participants.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_extended: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    on_stage_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    audible_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(16))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    failure_message: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)


class PlatformEventSeen(Base):
    """An event of the audio server that was dealt with; a repeat finds it and changes nothing."""

    __tablename__ = "platform_events_seen"

    install_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class UsedToken(Base):
    """A panel token that opens once and did."""

    __tablename__ = "used_tokens"

    install_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PanelSession(Base):
    """One open panel of one person; the refresh token exists here only as its SHA-256, and only the newest counts."""

    __tablename__ = "panel_sessions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("pse"))
    participant_id: Mapped[str] = mapped_column(ForeignKey("participants.id"), index=True)
    refresh_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    refreshed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
