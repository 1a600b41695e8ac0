"""The table of contents of the command line: one line per command."""

from __future__ import annotations

import click

from plugin.cli.announce import announce
from plugin.cli.migrate import migrate
from plugin.cli.run import run


@click.group()
def commands() -> None:
    """Sidestage: live audience Q&A beside the audio room you already run."""


commands.add_command(run)
commands.add_command(migrate)
commands.add_command(announce)
