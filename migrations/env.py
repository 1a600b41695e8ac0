"""Runs migrations on the engine it is given, or on the one of the settings when called from the command line."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Engine
from sqlalchemy.types import TypeDecorator

from plugin.application import create_app
from plugin.core.database import Base, db
from plugin.messaging import search_index


def _engine() -> Engine:
    given = context.config.attributes.get("engine")
    if given is not None:
        return given
    with create_app().app_context():
        return db.engine


def _render(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    # A migration is frozen: it must not change when one of our column types does.
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def _is_ours(_item: Any, name: str | None, _kind: str, _reflected: bool, _compared: Any) -> bool:
    # The full-text index is made by hand in a revision; the models do not know it.
    return not search_index.is_index_name(name)


def run() -> None:
    """Migrate in one transaction; SQLite alters tables by copying them (batch mode)."""
    with _engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=_render,
            include_object=_is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
