"""What happens to questions. No event here names an author or a voter: subscribers load what they may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugin.outbox.domain_event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class QuestionEvent(DomainEvent):
    """Something that happened to one question of one session."""

    session_id: str
    question_id: str


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(QuestionEvent):
    """A question came in; it may still wait for a host (``state`` pending)."""

    name: ClassVar[str] = "qa.question_asked"
    state: str


@dataclass(frozen=True, kw_only=True)
class QuestionMoved(QuestionEvent):
    """A question went from one state to another, or is being brought up (``verb`` bring_up, states equal)."""

    name: ClassVar[str] = "qa.question_moved"
    verb: str
    from_state: str
    to_state: str


@dataclass(frozen=True, kw_only=True)
class QuestionRanked(QuestionEvent):
    """A question got another place in the run order."""

    name: ClassVar[str] = "qa.question_ranked"


@dataclass(frozen=True, kw_only=True)
class QuestionUndone(QuestionEvent):
    """The last change of a question was taken back."""

    name: ClassVar[str] = "qa.question_undone"
    from_state: str
    to_state: str


@dataclass(frozen=True, kw_only=True)
class QuestionWithdrawn(QuestionEvent):
    """The asker took the question back."""

    name: ClassVar[str] = "qa.question_withdrawn"
    from_state: str


@dataclass(frozen=True, kw_only=True)
class QuestionForgotten(QuestionEvent):
    """The text of a withdrawn question was removed for good."""

    name: ClassVar[str] = "qa.question_forgotten"


@dataclass(frozen=True, kw_only=True)
class QuestionSeen(QuestionEvent):
    """A host had the question on screen long enough to read it."""

    name: ClassVar[str] = "qa.question_seen"


@dataclass(frozen=True, kw_only=True)
class QuestionClaimed(QuestionEvent):
    """A guest got an account, and this question with it."""

    name: ClassVar[str] = "qa.question_claimed"


@dataclass(frozen=True, kw_only=True)
class QuestionTallied(QuestionEvent):
    """The number of votes of a question changed."""

    name: ClassVar[str] = "qa.tallied"


@dataclass(frozen=True, kw_only=True)
class QuestionSettingsChanged(DomainEvent):
    """A host changed how the session wants its Q&A; ``vote_counts_changed`` when counts appear or vanish by it."""

    name: ClassVar[str] = "qa.settings_changed"
    session_id: str
    vote_counts_changed: bool
