"""The table of contents of the command line: one line per command."""

from __future__ import annotations

import importlib

import click

from plugin.cli.announce import announce
from plugin.cli.migrate import migrate
from plugin.cli.run import run

#: These need the whole application, which is imported only for them: `run` is to start at once.
LATER = {
    "doctor": "plugin.cli.doctor:doctor",
    "install": "plugin.cli.install:install",
    "rotate-secret": "plugin.cli.secrets:rotate_secret",
    "setup-code": "plugin.cli.install:setup_code",
}


class Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, by name."""
        return sorted([*super().list_commands(ctx), *LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one, importing it if need be."""
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, _, name = LATER[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Commands)
def commands() -> None:
    """Sidestage: live audience Q&A beside the audio room you already run."""


commands.add_command(run)
commands.add_command(migrate)
commands.add_command(announce)
