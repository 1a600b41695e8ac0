"""Questions, the votes they got, every move they made, and how one session wants its Q&A."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime
from plugin.core.ids import new_id

#: Ranks are compared letter by letter, as JavaScript does; a database's own language rules would mix the cases.
RANK = String(64).with_variant(String(64, collation="C"), "postgresql")


class QuestionState(StrEnum):
    """Where a question stands; the legal ways between these are in `states`."""

    PENDING = "pending"
    OPEN = "open"
    QUEUED = "queued"
    ON_STAGE = "on_stage"
    ANSWERED_LIVE = "answered_live"
    ANSWERED_TEXT = "answered_text"
    LATER = "later"
    RELEASED = "released"
    DECLINED = "declined"
    HIDDEN = "hidden"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Voice(StrEnum):
    """Who should speak the question: a host reads it, the asker asks it, or either."""

    READ = "read"
    SPEAK = "speak"
    EITHER = "either"


class Moderation(StrEnum):
    """Whether new questions wait for a host; ``newcomers`` are guests and people none of whose questions was shown."""

    OFF = "off"
    ON = "on"
    NEWCOMERS = "newcomers"


class VoteCounts(StrEnum):
    """When the audience sees how many votes a question has."""

    ALWAYS = "always"
    AFTER_VOTE = "after_vote"
    HOSTS = "hosts"


def _words(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enumeration: its short words, readable in any database."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda members: [member.value for member in members]
    )


class Question(Base):
    """One question of one room session.

    ``author_key`` stands for the author and is read, written and compared by `authorship` only; ``author_name`` is the
    name under which they asked. ``number`` is what people say on air (Q17) and is never given twice. ``votes_count``
    counts the votes that count, guests' included; ``guest_votes_count`` says how many of them are guests'.
    ``version`` goes up with everything a host might act upon, and not with votes. ``changed_*`` describe the last
    change for the other hosts.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("session_id", "client_key"),
        Index("ix_questions_session_id_state", "session_id", "state"),
        Index("ix_questions_author_key_session_id", "author_key", "session_id"),
        Index(
            "uq_questions_on_stage",
            "session_id",
            unique=True,
            sqlite_where=text("state = 'on_stage'"),
            postgresql_where=text("state = 'on_stage'"),
        ),
        Index(
            "ix_questions_withdrawn_at",
            "withdrawn_at",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("qst"))
    session_id: Mapped[str] = mapped_column(String(40), ForeignKey("room_sessions.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    author_key: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(120))
    client_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[QuestionState] = mapped_column(_words(QuestionState))
    voice: Mapped[Voice] = mapped_column(_words(Voice), default=Voice.READ)
    rank: Mapped[str | None] = mapped_column(RANK)
    version: Mapped[int] = mapped_column(Integer, default=1)
    is_first: Mapped[bool] = mapped_column(default=False)
    votes_count: Mapped[int] = mapped_column(Integer, default=0)
    guest_votes_count: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    stage_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stage_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_verb: Mapped[str | None] = mapped_column(String(20))
    changed_by_name: Mapped[str | None] = mapped_column(String(80))
    changed_by_participant_id: Mapped[str | None] = mapped_column(String(40))
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Upvote(Base):
    """One person's vote on one question; ``counts`` is False for hosts, whose vote is kept and not counted."""

    __tablename__ = "upvotes"
    __table_args__ = (Index("ix_upvotes_voter_key", "voter_key"),)

    question_id: Mapped[str] = mapped_column(String(40), ForeignKey("questions.id"), primary_key=True)
    voter_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    is_guest: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=True)
    voted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class QuestionMove(Base):
    """One change of a question: who did what when, and what it was before, so that it can be undone.

    ``actor_id`` is None when the author did it: the history must not name the author. ``before`` holds the columns
    that an undo restores, ``version_after`` the version that must still stand then.
    """

    __tablename__ = "question_moves"
    __table_args__ = (Index("ix_question_moves_question_id_version_after", "question_id", "version_after"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("mov"))
    question_id: Mapped[str] = mapped_column(String(40), ForeignKey("questions.id"))
    actor_id: Mapped[str | None] = mapped_column(String(40))
    actor_name: Mapped[str | None] = mapped_column(String(80))
    is_by_author: Mapped[bool] = mapped_column(default=False)
    verb: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[QuestionState] = mapped_column(_words(QuestionState))
    to_state: Mapped[QuestionState] = mapped_column(_words(QuestionState))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    version_after: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QuestionSettings(Base):
    """How one session wants its Q&A, and the last number given; this row's lock puts hosts' acts in order."""

    __tablename__ = "question_settings"

    session_id: Mapped[str] = mapped_column(String(40), ForeignKey("room_sessions.id"), primary_key=True)
    moderation: Mapped[Moderation] = mapped_column(_words(Moderation), default=Moderation.OFF)
    vote_counts: Mapped[VoteCounts] = mapped_column(_words(VoteCounts), default=VoteCounts.ALWAYS)
    last_number: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
