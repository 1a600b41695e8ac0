"""Waits until the web server answers, then tells the person at the terminal where to go."""

from __future__ import annotations

import time
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import urlopen

import click

from plugin.cli.settings import load_settings
from plugin.config import Settings

PATIENCE_SECONDS = 60.0


@click.command(hidden=True)
def announce() -> None:
    """Print the addresses once they answer; `run` starts this beside the server."""
    settings = load_settings()
    if _answers_in_time(f"http://{address(settings)}/livez"):
        click.echo("\n".join(["", *welcome(settings), "Ctrl-C stops everything.", ""]))


def address(settings: Settings) -> str:
    """Host and port, as an address spells them."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def welcome(settings: Settings) -> list[str]:
    """What a person reads once Sidestage runs."""
    from plugin.cli.demo import demo_links  # imports the application, which `run` does not wait for

    lines = [f"Sidestage is ready at {settings.public_url}"]
    if links := demo_links(settings):
        lines += ["", "A demo room, for this machine only; open two of them in two windows:"]
        lines += [f"  {label:<18} {link}" for label, link in links]
    return lines


def _answers_in_time(url: str) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2) as answer:  # noqa: S310 (the address is our own)
                return bool(answer.status == 200)
        except (URLError, HTTPException, OSError):
            time.sleep(0.1)
    return False
