"""How often and how much one person may ask, and how much one session holds (features.md row B21)."""

from __future__ import annotations

import math
from datetime import datetime

from sqlalchemy import func, select

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import TooManyError
from plugin.qa import authorship, queries, states
from plugin.qa.errors import SessionFullError
from plugin.qa.models import Question

ASK_EVERY_SECONDS = 30
OPEN_MAX = 5
GUEST_OPEN_MAX = 2
SESSION_MAX = 20
#: How many questions of one session may wait at once.
WAITING_MAX = 500


def open_max(actor: Actor) -> int:
    """Return how many questions this person may have waiting."""
    return GUEST_OPEN_MAX if actor.is_guest else OPEN_MAX


def ensure_can_ask_more(actor: Actor) -> None:
    """Let one more question in, or say when there is room for it. Hosts type for others too: no personal limit."""
    if queries.waiting_count(actor.session_id) >= WAITING_MAX:
        raise SessionFullError(
            f"This room already has {WAITING_MAX} open questions, which is as many as it holds. "
            "Try again when some of them have been answered."
        )
    if not actor.is_backstage:
        _ensure_within_own_limits(actor)


def _ensure_within_own_limits(actor: Actor) -> None:
    total, waiting, last_asked_at = _asked_so_far(actor)
    if total >= SESSION_MAX:
        raise TooManyError(
            f"You have asked {SESSION_MAX} questions in this session, which is as many as one person can.",
            code="ask_session_limit",
        )
    if waiting >= open_max(actor):
        raise TooManyError(
            f"You have {waiting} open questions. You can ask again as soon as one of them is answered, "
            "or when you take one back.",
            code="ask_open_limit",
        )
    if last_asked_at is not None:
        _ensure_not_too_soon(last_asked_at)


def _ensure_not_too_soon(last_asked_at: datetime) -> None:
    left = ASK_EVERY_SECONDS - (now() - last_asked_at).total_seconds()
    if left > 0:
        seconds = math.ceil(left)
        unit = "second" if seconds == 1 else "seconds"
        raise TooManyError(f"You can ask again in {seconds} {unit}.", code="ask_too_soon", retry_after_seconds=seconds)


def _asked_so_far(actor: Actor) -> tuple[int, int, datetime | None]:
    waiting = func.count().filter(Question.state.in_(states.WAITING))
    own = select(func.count(), waiting, func.max(Question.asked_at)).where(authorship.asked_by(actor))
    total, open_now, last = session().execute(own).one()
    return int(total), int(open_now), last
