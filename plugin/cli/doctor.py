"""`python -m plugin doctor`: says what is wrong and how to mend it."""

from __future__ import annotations

import json

import click

from plugin.cli.checks import CHECKS, Finding, Verdict
from plugin.cli.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def doctor(as_json: bool) -> None:
    """Say what is wrong and how to mend it. Exit code 0: all well; 1: something is broken."""
    from plugin.application import create_app

    settings = load_settings()
    with create_app(settings).app_context():
        findings = [finding for check in CHECKS for finding in check(settings)]
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _show(finding)
    if any(finding.verdict is Verdict.PROBLEM for finding in findings):
        raise SystemExit(1)


def _show(finding: Finding) -> None:
    click.echo(f"{finding.verdict.value:<9}{finding.what}")
    if finding.fix:
        click.echo(f"{'':<9}{finding.fix}")
