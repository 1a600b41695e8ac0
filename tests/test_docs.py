"""What an operator or developer can touch is documented: settings, domain events, commands and capabilities."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from plugin import features
from plugin.cli.commands import commands
from plugin.outbox.domain_event import DomainEvent
from plugin.rooms.ports import Capability

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

assert features.FEATURES  # every feature's domain events are known once the table of contents is read


def _page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _settings() -> list[str]:
    source = (ROOT / "plugin" / "config.py").read_text("utf-8")
    return re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)


def test_settings_are_found_at_all() -> None:
    assert {"DATABASE_URL", "REDIS_URL", "SIDESTAGE_PUBLIC_URL"} <= set(_settings())


@pytest.mark.parametrize("setting", sorted(set(_settings())))
def test_every_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` |" in _page("settings.md")


@pytest.mark.parametrize(
    "event", sorted(name for name, kind in DomainEvent.kinds().items() if kind.__module__.startswith("plugin."))
)
def test_every_domain_event_is_documented(event: str) -> None:
    assert f"`{event}`" in _page("domain-events.md")


def _shown_commands() -> list[str]:
    context = click.Context(commands)
    found = {name: commands.get_command(context, name) for name in commands.list_commands(context)}
    return [name for name, command in found.items() if command is not None and not command.hidden]


@pytest.mark.parametrize("command", _shown_commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"`python -m plugin {command}" in _page("commands.md")


@pytest.mark.parametrize("capability", sorted(Capability))
def test_every_capability_is_documented(capability: str) -> None:
    assert f"`{capability}`" in _page("adapters/README.md")


def _pages() -> list[Path]:
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", _pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
