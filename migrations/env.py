"""Runs migrations on the engine it is given, or on the one of the settings when called from the command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from plugin.application import create_app
from plugin.core.database import Base, db


def _engine() -> Engine:
    given = context.config.attributes.get("engine")
    if given is not None:
        return given
    with create_app().app_context():
        return db.engine


def run() -> None:
    """Migrate in one transaction; SQLite alters tables by copying them (batch mode)."""
    with _engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
