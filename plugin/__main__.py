"""`python -m plugin`: the one command that an operator types."""

from __future__ import annotations

import sys

OLDEST_PYTHON = (3, 11)


def main() -> None:
    """Check the Python first, since what is imported next needs it, then do what was asked."""
    if sys.version_info < OLDEST_PYTHON:
        needed, found = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
        sys.exit(f"Sidestage needs Python {needed} or newer, and this is Python {found}.")
    from plugin.cli.commands import commands

    commands(prog_name="python -m plugin")


if __name__ == "__main__":
    main()
