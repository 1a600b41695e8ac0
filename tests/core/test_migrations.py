"""Migrations go both ways on both databases and end where the models are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from plugin import features
from plugin.core import database, migrations
from plugin.core.database import Base
from plugin.messaging import search_index

assert features.FEATURES  # every feature's tables are known once the table of contents is read


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = create_engine(empty_database_url)
    database.prepare(made)
    yield made
    made.dispose()


def _is_ours(_item: Any, name: str | None, _kind: str, _reflected: bool, _compared: Any) -> bool:
    return not search_index.is_index_name(name)


def _differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()
    assert _differences(engine) == []


def test_every_step_can_be_taken_back_and_again(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)
    assert _differences(engine) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert _differences(engine) == []
