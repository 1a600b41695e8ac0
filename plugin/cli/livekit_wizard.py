"""The steps of attaching a LiveKit server: check it, keep it, print its lines, wait for its first signed event."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

import click
from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import installs
from plugin.platforms.livekit import adapter as livekit
from plugin.platforms.livekit.probe import Finding, Level, probe
from plugin.platforms.models import AuditLine, Install, InstallStatus
from plugin.platforms.registry import current_registry

_MARKS = {Level.OK: "ok       ", Level.HINT: "hint     ", Level.WARNING: "warning  ", Level.PROBLEM: "problem  "}
_STILL_PENDING = 3


@dataclass(frozen=True)
class Answers:
    """What the admin told us; the secret never shows."""

    url: str
    key: str
    secret: str = field(repr=False)
    origin: str
    room_prefix: str


def secret_from(file: IO[str] | None) -> str:
    """Take the secret from a file, the environment, or a prompt that does not show it."""
    if file is not None:
        return file.read().strip()
    from_environment = os.environ.get("LIVEKIT_API_SECRET", "").strip()
    return from_environment or str(click.prompt("API secret", hide_input=True)).strip()


def attach(answers: Answers, wait_seconds: int) -> None:
    """Go through all steps; leaves with 1 when the server cannot be used, with 3 when its first event did not come."""
    _show(probe(answers.url, answers.key, answers.secret))
    with unit_of_work():
        install_id = _keep(answers)
    seen = installs.verify(install_id)
    if not seen.has_action:
        raise click.ClickException(seen.problem or "LiveKit did not do what we asked.")
    install, registry = installs.get(install_id), current_registry()
    click.echo(f"\nInstall {install_id} is kept. Paste this:\n")
    click.echo(registry.adapter(install).admin_snippet(registry.hook_url(install)))
    click.echo(f"The panel's address, for your page: {registry.settings.public_url}/panel/{install_id}\n")
    if wait_seconds <= 0 or _first_event_came(install_id, wait_seconds):
        _close(install_id)
        return
    click.echo(_what_to_look_at(install_id), err=True)
    raise SystemExit(_STILL_PENDING)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(_MARKS[finding.level] + finding.message)
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise click.ClickException("Nothing was kept. Mend the problems above, then start again.")


def _keep(answers: Answers) -> str:
    """Make the install, or bring the one of this server up to date: the wizard may be run again."""
    known = session().scalars(
        select(Install).where(
            Install.kind == "livekit", Install.host_id == answers.url, Install.status != InstallStatus.DISABLED.value
        )
    )
    install = known.first() or installs.create("livekit", host_id=answers.url)
    install.config = _config(answers, install.config or {})
    install.origin = answers.origin
    install.granted_actions = sorted(capability.value for capability in livekit.CAPABILITIES)
    return install.id


def _config(answers: Answers, before: dict[str, Any]) -> dict[str, Any]:
    older = dict(before.get("older_keys", {}))
    if before.get("key") not in {None, answers.key}:
        older = {before["key"]: before["secret"]}  # tokens of the former key are still about while keys rotate
    return {
        "url": answers.url,
        "key": answers.key,
        "secret": answers.secret,
        "room_prefix": answers.room_prefix,
        "older_keys": older,
    }


def _first_event_came(install_id: str, wait_seconds: int) -> bool:
    before = _last_event_at(install_id)
    click.echo("Restart LiveKit with these lines, then let somebody join a room. Waiting for the first signed event.")
    deadline = time.monotonic() + wait_seconds
    try:
        while (left := deadline - time.monotonic()) > 0:
            if _last_event_at(install_id) != before:
                click.echo(_over_countdown("It came, and its signature is right."))
                return True
            _count_down(round(left))
            time.sleep(min(1.0, left))
    except KeyboardInterrupt:
        pass  # the admin goes on later: the install is kept
    click.echo(_over_countdown("No signed event has come yet."))
    return False


def _count_down(seconds: int) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r{seconds:4} s left; Ctrl-C goes on later ", nl=False)


def _over_countdown(line: str) -> str:
    return "\r" + line.ljust(40) if sys.stdout.isatty() else line


def _last_event_at(install_id: str) -> datetime | None:
    session().rollback()  # see what the web server wrote meanwhile
    return session().scalar(select(Install.last_event_at).where(Install.id == install_id))


def _close(install_id: str) -> None:
    seen = installs.verify(install_id)
    if seen.status is InstallStatus.ACTIVE:
        click.echo(f"Install {install_id} is active. Put the panel into your page: docs/adapters/livekit.md, step 3.")
    else:
        click.echo(
            f"Install {install_id} is pending until LiveKit sends its first event; see `python -m plugin doctor`."
        )


def _what_to_look_at(install_id: str) -> str:
    refused = session().scalars(
        select(AuditLine).where(AuditLine.install_id == install_id).order_by(AuditLine.last_at.desc()).limit(1)
    )
    line = refused.first()
    if line is not None:
        minutes = round((now() - line.last_at).total_seconds() / 60)
        return (
            f"Something came and was refused ({line.reason}, {minutes} min ago): "
            "the `api_key` under `webhook:` must be the key that you gave here."
        )
    return (
        "Nothing came. Is Sidestage running, and can the LiveKit machine reach the address above? "
        "Was LiveKit restarted? Did somebody join? The install is kept; `python -m plugin doctor` shows how it stands."
    )
