"""The pages about attaching say what the code does: every event, action, call, answer and key is on its page."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from plugin.manifest import manifest, schema
from plugin.platforms.adapter import SecretKind
from plugin.platforms.generic import events, tokens
from plugin.platforms.generic.adapter import DECLARED
from plugin.platforms.host_events import HostEvents
from plugin.platforms.routes import InstalledSchema, OfferSchema

DOCS = Path(__file__).resolve().parents[2] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_the_generic_page_names_every_event_action_and_claim() -> None:
    text = page("adapters/generic.md")
    names = [*events.EVENT_TYPES, *(capability.value for capability in DECLARED)]
    assert [name for name in names if f"`{name}`" not in text and f'"{name}"' not in text] == []
    assert [claim for claim in tokens.REQUIRED_CLAIMS if f'"{claim}"' not in text] == []
    optional = manifest().document["identity"]["panel_token"]["optional_claims"]
    assert [claim for claim in optional if f"`{claim}`" not in text] == []


def test_the_generic_page_shows_the_whole_handshake() -> None:
    text = page("adapters/generic.md")
    members = [*OfferSchema().fields, *InstalledSchema().fields]
    assert [member for member in members if f'"{member}"' not in text] == []


def test_the_flask_page_names_every_call_and_action() -> None:
    text = page("attach-flask.md")
    calls = [name for name, _ in inspect.getmembers(HostEvents, inspect.isfunction) if not name.startswith("_")]
    assert [call for call in calls if call not in text] == []
    assert [action.value for action in DECLARED if f"`{action.value}`" not in text] == []


def test_the_manifest_page_explains_every_key() -> None:
    text = page("manifest.md")
    keys = [key for key in schema()["properties"] if key != "$schema"]
    assert [key for key in keys if f"`{key}" not in text] == []


@pytest.mark.parametrize("kind", list(SecretKind))
def test_the_install_page_shows_how_each_secret_is_changed(kind: SecretKind) -> None:
    assert f"rotate-secret ins_… {kind.value}" in page("install.md")
