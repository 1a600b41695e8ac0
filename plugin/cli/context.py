"""The application as a command needs it: with its settings, its database at the newest shape, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from plugin.cli.settings import load_settings


@contextmanager
def app_context() -> Iterator[None]:
    """Run the block inside the application; a database that cannot be used is one sentence."""
    # Imported here, since `run` stands on the same command line and starts at once without the whole application.
    from plugin.application import create_app
    from plugin.core import migrations
    from plugin.core.database import db

    with create_app(load_settings()).app_context():
        try:
            if migrations.current(db.engine) != migrations.newest():
                raise click.ClickException("The database is not at the newest shape. Run: python -m plugin migrate")
            yield
        except SQLAlchemyError as error:
            address = db.engine.url.render_as_string(hide_password=True)
            raise click.ClickException(f"The database {address} cannot be used: {type(error).__name__}.") from error
