"""`python -m plugin migrate`: brings the database to the shape that this version needs."""

from __future__ import annotations

import click
from sqlalchemy.exc import OperationalError

from plugin.cli.settings import load_settings


@click.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs."""
    # Imported here, since `run` stands on the same command line and starts at once without the whole application.
    from plugin.application import create_app
    from plugin.core import migrations
    from plugin.core.database import db

    settings = load_settings()
    with create_app(settings).app_context():
        try:
            migrations.upgrade(db.engine)
        except OperationalError as error:
            address = db.engine.url.render_as_string(hide_password=True)
            raise click.ClickException(f"The database {address} cannot be used: {error.orig}") from error
