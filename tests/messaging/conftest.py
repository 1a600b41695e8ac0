"""The engine with its test kinds, and the cast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from plugin.core.unit_of_work import HOOKS, Work
from plugin.messaging.kinds import kinds
from plugin.messaging.pushes import PUSHES
from tests.messaging.cast import Cast, gather
from tests.messaging.kinds import Direct
from tests.messaging.wiring import wire_up


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Everyone, in a live room and elsewhere."""
    wire_up(app)
    return gather(app)


@pytest.fixture
def direct_kind(cast: Cast) -> Direct:
    """What decides about direct conversations here."""
    found = kinds()["direct"]
    assert isinstance(found, Direct)
    return found


@pytest.fixture
def told(app: Flask, cast: Cast) -> list[Any]:
    """Everything that was announced, in order."""
    heard: list[Any] = []

    def gather(work: Work) -> None:
        for happened in work.events:
            heard.extend(PUSHES.get(type(happened), lambda _: ())(happened))

    HOOKS.of(app).before_commit.append(gather)
    return heard


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that reaches the database, to be counted."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)
