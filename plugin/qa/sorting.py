"""The orders in which questions are listed; ties always go to the older question."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import InvalidError
from plugin.qa import queries
from plugin.qa.models import Question, QuestionState


class Row(NamedTuple):
    """As much of a question as its place depends on."""

    id: str
    number: int
    votes: int
    rank: str | None


def _top(row: Row, _seed: str) -> Any:
    return -row.votes, row.number


def _new(row: Row, _seed: str) -> Any:
    return -row.number


def _old(row: Row, _seed: str) -> Any:
    return row.number


def _random(row: Row, seed: str) -> Any:
    return hashlib.sha256(f"{seed}\n{row.id}".encode()).digest(), row.number


def _host(row: Row, _seed: str) -> Any:
    return row.rank is None, row.rank or "", row.number


ORDERS: dict[str, Callable[[Row, str], Any]] = {
    "top": _top,
    "new": _new,
    "old": _old,
    "random": _random,
    "host": _host,
}


def page(
    actor: Actor, *, sort: str, state: QuestionState | None, after_id: str | None, limit: int
) -> Sequence[Question]:
    """Return up to ``limit + 1`` questions that follow ``after_id`` in this order (the extra one: there is more).

    The cursor is a question's id and not a count: a count would tell what a session may hide.
    """
    rows = sorted(_rows(actor), key=lambda row: ORDERS[sort](row[0], actor.participant_id))
    ids = [row.id for row, stands in rows[_start(rows, after_id) :] if state is None or stands is state]
    wanted = ids[: limit + 1]
    found = {row.id: row for row in session().scalars(select(Question).where(Question.id.in_(wanted)))}
    return [found[question_id] for question_id in wanted]


def _start(rows: Sequence[tuple[Row, QuestionState]], after_id: str | None) -> int:
    if after_id is None:
        return 0
    for place, (row, _state) in enumerate(rows):
        if row.id == after_id:
            return place + 1
    raise InvalidError("This page is no longer there. Start again from the first one.", code="bad_cursor")


def _rows(actor: Actor) -> list[tuple[Row, QuestionState]]:
    columns = Question.id, Question.number, Question.votes_count, Question.rank, Question.state
    rows = session().execute(queries.visible(actor).with_only_columns(*columns))
    return [(Row(*row[:4]), row[4]) for row in rows]
