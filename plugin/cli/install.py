"""`python -m plugin install …` and `setup-code`: attach an audio server, step by step or in one line."""

from __future__ import annotations

from datetime import timedelta
from typing import IO
from urllib.parse import urlsplit

import click

from plugin.cli import livekit_wizard
from plugin.cli.context import app_context
from plugin.core.errors import AppError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import setup_codes
from plugin.platforms.offers import ensure_origin
from plugin.platforms.registry import current_registry


@click.group()
def install() -> None:
    """Attach an audio server."""


@install.command()
@click.option("--url", envvar="LIVEKIT_URL", help="Where LiveKit answers, e.g. wss://live.example.")
@click.option("--key", envvar="LIVEKIT_API_KEY", help="An API key from `keys:` in livekit.yaml.")
@click.option("--secret-file", type=click.File(), help="A file with the key's secret; - reads it from standard input.")
@click.option("--origin", help="The page in which people join the room, e.g. https://rooms.example.")
@click.option("--room-prefix", default="", help="Look only at rooms whose name starts so; for a shared server.")
@click.option("--wait", "wait_seconds", default=180, show_default=True, help="Seconds to wait for the first event.")
def livekit(
    url: str | None,
    key: str | None,
    secret_file: IO[str] | None,
    origin: str | None,
    room_prefix: str,
    wait_seconds: int,
) -> None:
    """Attach a LiveKit server: ask, check, print the lines for livekit.yaml, wait for the first signed event.

    The secret is asked for without showing it, or read from LIVEKIT_API_SECRET or --secret-file; never from the command
    line, where other people on the machine could read it.
    """
    wizard = livekit_wizard.Answers(
        url=url or click.prompt("LiveKit's address (wss://…)"),
        key=key or click.prompt("API key"),
        secret=livekit_wizard.secret_from(secret_file),
        origin=_origin(origin or click.prompt("Address of the page where people join (https://…)")),
        room_prefix=room_prefix,
    )
    with app_context():
        livekit_wizard.attach(wizard, wait_seconds)


@install.command()
@click.option("--allow-private", is_flag=True, help="Let the host's action address point into the own network.")
@click.option("--valid-hours", default=24, show_default=True, type=click.IntRange(1, 24 * 14))
def generic(allow_private: bool, valid_hours: int) -> None:
    """Attach a server that speaks the signed HTTP contract: make a setup code and say how to use it."""
    with app_context():
        code = _new_code(allow_private, valid_hours)
        base = current_registry().settings.public_url
    click.echo(f"Setup code    {code}")
    click.echo(f"Manifest      {base}/.well-known/room-plugin.json")
    click.echo(f"Install at    POST {base}/api/v1/installs")
    click.echo(f"The code works once, within {valid_hours} hours. docs/adapters/generic.md shows the whole handshake.")


@click.command("setup-code")
@click.option("--allow-private", is_flag=True, help="Let the host's action address point into the own network.")
@click.option("--valid-hours", default=24, show_default=True, type=click.IntRange(1, 24 * 14))
def setup_code(allow_private: bool, valid_hours: int) -> None:
    """Make a one-time setup code and print nothing else."""
    with app_context():
        click.echo(_new_code(allow_private, valid_hours))


def _new_code(allow_private: bool, valid_hours: int) -> str:
    with unit_of_work():
        return setup_codes.create(allows_private_addresses=allow_private, valid_for=timedelta(hours=valid_hours))


def _origin(address: str) -> str:
    parts = urlsplit(address if "://" in address else f"https://{address}")
    origin = f"{parts.scheme}://{parts.netloc}"
    try:
        ensure_origin(origin)
    except AppError as error:
        raise click.ClickException(error.message) from error
    return origin
