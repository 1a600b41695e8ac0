"""How a question changes: its state and what goes with it, the history line, the version, the announcement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.accounts import queries as accounts
from plugin.accounts import service as accounts_service
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.recorder import record
from plugin.qa import queries, ranks
from plugin.qa.domain_events import QuestionMoved
from plugin.qa.models import Question, QuestionMove, QuestionState

#: Who wants no limit can undo for a day: WCAG 2.2.1 counts 20 hours as none.
NO_LIMIT_SECONDS = 24 * 3600

#: What an undo restores.
_RESTORED = ("state", "rank", "stage_started_at", "stage_ended_at", "answered_at", "withdrawn_at")
_INSTANTS = frozenset(name for name in _RESTORED if name.endswith("_at"))


@dataclass(frozen=True)
class Mover:
    """Who changes a question; the author moves without a name, and the house itself without anything."""

    account_id: str | None = None
    participant_id: str | None = None
    name: str | None = None
    is_author: bool = False
    undo_seconds: int = 0


#: The house itself, e.g. at the end of a session.
NOBODY = Mover()


def host(actor: Actor) -> Mover:
    """Return the actor as a host who works the desk."""
    return Mover(actor.account_id, actor.participant_id, actor.name, undo_seconds=undo_seconds(actor.account_id))


def without_undo(actor: Actor) -> Mover:
    """Return the actor as a host whose act is taken back elsewhere (an invitation is withdrawn, not undone)."""
    return Mover(actor.account_id, actor.participant_id, actor.name)


def author(actor: Actor) -> Mover:
    """Return the actor as the author, whom the history does not name."""
    return Mover(is_author=True, undo_seconds=undo_seconds(actor.account_id))


def undo_seconds(account_id: str) -> int:
    """Return how long this person wants to be able to undo."""
    seconds = accounts_service.undo_seconds(accounts.account(account_id).time_limits)
    return NO_LIMIT_SECONDS if seconds is None else seconds


def move(question: Question, to: QuestionState, verb: str, by: Mover) -> None:
    """Take a legal way: change the state and announce it."""
    from_state = question.state
    change(question, verb, by, to=to)
    announce(question, QuestionMoved, verb=verb, from_state=from_state.value, to_state=to.value)


def change(
    question: Question, verb: str, by: Mover, *, to: QuestionState | None = None, rank: str | None = None
) -> None:
    """Change a question that the caller holds, and write down who did what from which state."""
    at, from_state = now(), question.state
    before = _snapshot(question)
    if to is not None:
        _enter(question, to, at)
    if rank is not None:
        question.rank = rank
    _stamp(question, verb, by, at)
    session().add(
        QuestionMove(
            question_id=question.id,
            actor_id=by.account_id,
            actor_name=by.name,
            is_by_author=by.is_author,
            verb=verb,
            from_state=from_state,
            to_state=question.state,
            before=before,
            version_after=question.version,
            at=at,
            undo_until=question.undo_until,
        )
    )
    session().flush()  # one question leaves the stage before the next one enters: the index sees them one by one


def restore(question: Question, undone: QuestionMove, by: Mover) -> None:
    """Put a question back to what it was before a move; the version goes up, see docs/decisions/0004."""
    from_state, at = question.state, now()
    for name, value in undone.before.items():
        setattr(question, name, _read(name, value))
    if question.rank is not None:
        question.rank = ranks.back_at(queries.taken_ranks(question), question.rank)
    question.state_changed_at = at
    undone.undone_at = at
    _stamp(question, "undo", by, at)
    question.undo_until = None
    session().add(
        QuestionMove(
            question_id=question.id,
            actor_id=by.account_id,
            actor_name=by.name,
            is_by_author=by.is_author,
            verb="undo",
            from_state=from_state,
            to_state=question.state,
            before={},
            version_after=question.version,
            at=at,
        )
    )
    session().flush()


def announce(question: Question, kind: type[DomainEvent], **details: Any) -> None:
    """Record what happened to a question."""
    record(kind(session_id=question.session_id, question_id=question.id, **details))  # type: ignore[call-arg]


def _enter(question: Question, to: QuestionState, at: datetime) -> None:
    left = question.state
    question.state, question.state_changed_at = to, at
    question.rank = ranks.last(queries.taken_ranks(question)) if to is QuestionState.QUEUED else None
    if left is QuestionState.ON_STAGE:
        question.stage_ended_at = at
    if to is QuestionState.ON_STAGE:
        if left is not QuestionState.ANSWERED_LIVE:  # reopened, it is still the same stretch of the recording
            question.stage_started_at = at
        question.stage_ended_at = question.answered_at = None
    if to is QuestionState.ANSWERED_LIVE:
        question.answered_at = at
    if to is QuestionState.WITHDRAWN:
        question.withdrawn_at = at


def _stamp(question: Question, verb: str, by: Mover, at: datetime) -> None:
    question.version += 1
    question.changed_at, question.changed_verb = at, verb
    question.changed_by_name, question.changed_by_participant_id = by.name, by.participant_id
    question.undo_until = at + timedelta(seconds=by.undo_seconds) if by.undo_seconds else None


def _snapshot(question: Question) -> dict[str, Any]:
    return {name: _write(getattr(question, name)) for name in _RESTORED}


def _write(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    if name == "state":
        return QuestionState(value)
    return datetime.fromisoformat(value) if name in _INSTANTS and value else value
