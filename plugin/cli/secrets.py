"""`python -m plugin rotate-secret`: change one of an install's three secrets without losing a message."""

from __future__ import annotations

from datetime import timedelta

import click

from plugin.cli.context import app_context
from plugin.core.errors import AppError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import installs
from plugin.platforms.adapter import SecretKind


@click.command("rotate-secret")
@click.argument("install_id", metavar="INSTALL")
@click.argument("kind", type=click.Choice([kind.value for kind in SecretKind]))
@click.option("--overlap-hours", default=24, show_default=True, type=click.IntRange(0, 24 * 30))
def rotate_secret(install_id: str, kind: str, overlap_hours: int) -> None:
    """Make a new secret and print it this once, alone on standard output.

    The old one counts for --overlap-hours more; bring the new one to the host within that time. 0 ends the old one now.
    """
    with app_context():
        try:
            with unit_of_work():
                _ensure_has_secrets(install_id)
                fresh = installs.rotate(install_id, SecretKind(kind), timedelta(hours=overlap_hours))
        except AppError as error:
            raise click.ClickException(error.message) from error
    click.echo(f"The new {kind} secret of {install_id}; the old one counts for {overlap_hours} hours more:", err=True)
    click.echo(fresh)


def _ensure_has_secrets(install_id: str) -> None:
    if installs.get(install_id).kind == "livekit":
        raise click.ClickException(
            "A LiveKit server signs with its own API key. To change it, run `python -m plugin install livekit` again "
            "with the same address: the former key counts beside the new one."
        )
