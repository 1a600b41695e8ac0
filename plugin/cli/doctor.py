"""`python -m plugin doctor`: says what is wrong and how to mend it."""

from __future__ import annotations

import json

import click

from plugin.cli.checks import CHECKS, Finding, Verdict, check_manifest
from plugin.cli.settings import load_settings
from plugin.config import Settings
from plugin.manifest import ManifestError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def doctor(as_json: bool) -> None:
    """Say what is wrong and how to mend it. Exit code 0: all well; 1: something is broken."""
    findings = _examined(load_settings())
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _show(finding)
    if any(finding.verdict is Verdict.PROBLEM for finding in findings):
        raise SystemExit(1)


def _examined(settings: Settings) -> list[Finding]:
    from plugin.application import create_app

    try:
        app = create_app(settings)
    except ManifestError:
        return list(check_manifest(settings))  # nothing starts with it, so there is nothing else to look at
    with app.app_context():
        return [finding for check in CHECKS for finding in check(settings)]


def _show(finding: Finding) -> None:
    click.echo(f"{finding.verdict.value:<9}{finding.what}")
    if finding.fix:
        click.echo(f"{'':<9}{finding.fix}")
