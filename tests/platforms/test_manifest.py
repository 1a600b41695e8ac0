"""plugin.json: what it says is true, and a file that says more is refused with the place named."""

from __future__ import annotations

import copy
import json
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugin import manifest as reader
from plugin.config import Settings
from plugin.core.actor import Role
from plugin.manifest import ManifestError, manifest
from plugin.platforms.generic import adapter, events, tokens
from plugin.platforms.signature import HEADERS, TOLERANCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = 300


def written(folder: Path, document: Any) -> Path:
    path = folder / "plugin.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


SETTING = "/settings_schema/sections/0/settings"


def own_document() -> dict[str, Any]:
    return copy.deepcopy(dict(manifest().document))


def test_the_schema_is_itself_a_schema() -> None:
    Draft202012Validator.check_schema(reader.schema())


def test_the_manifest_claims_what_the_code_does() -> None:
    assert set(manifest().actions) == {capability.value for capability in adapter.DECLARED}
    assert {*manifest().required_events, *manifest().optional_events} == events.EVENT_TYPES
    assert set(manifest().roles) == {role.value for role in Role}
    assert manifest().token_max_ttl_seconds == tokens.MAX_TTL_SECONDS
    document = manifest().document
    assert document["identity"]["panel_token"]["required_claims"] == list(tokens.REQUIRED_CLAIMS)
    assert document["events"]["signature"]["headers"] == list(HEADERS)
    assert document["events"]["signature"]["tolerance_seconds"] == TOLERANCE_SECONDS


def test_the_version_is_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert manifest().version == project["version"]


def test_every_setting_has_the_default_that_the_server_uses() -> None:
    defaults = {name: field.default for name, field in Settings.__dataclass_fields__.items()}
    for setting in manifest().settings:
        assert setting.environment == f"SIDESTAGE_{setting.key.upper()}"
        assert setting.key in defaults
        if setting.default is not None:
            assert defaults[setting.key] == setting.default


def panel_token(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["identity"]["panel_token"]
    return found


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda doc: doc.update(surprise=1), "/surprise"),
        (lambda doc: doc["lifecycle"].update(admin_url="/x"), "/lifecycle/admin_url"),
        (lambda doc: doc["actions"]["optional"].append("room.delete"), "/actions/optional/7"),
        (lambda doc: doc["identity"].update(accepts=["none"]), "/identity/accepts/0"),
        (lambda doc: panel_token(doc).update(alg=["none"]), "/identity/panel_token/alg/0"),
        (lambda doc: panel_token(doc).update(single_use=False), "/identity/panel_token/single_use"),
        (lambda doc: panel_token(doc).update(max_ttl_seconds=3600), "/identity/panel_token/max_ttl_seconds"),
        (lambda doc: doc.update(version="one"), "/version"),
        (lambda doc: doc["lifecycle"].update(install_url="https://evil.example/"), "/lifecycle/install_url"),
        (lambda doc: doc["lifecycle"].update(install_url="//evil.example/"), "/lifecycle/install_url"),
        (lambda doc: setting(doc, "web_threads").update(default="many"), f"{SETTING}/2/default"),
        (lambda doc: setting(doc, "log_level").update(default="LOUD"), f"{SETTING}/3/default"),
        (lambda doc: setting(doc, "secret_key").update(default="hunter2"), f"{SETTING}/4/default"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: Any, place: str, tmp_path: Path) -> None:
    document = own_document()
    change(document)
    with pytest.raises(ManifestError) as refusal:
        reader.load(written(tmp_path, document))
    assert refusal.value.place == place
    assert f"plugin.json, at {place}:" in str(refusal.value)


def setting(document: dict[str, Any], key: str) -> dict[str, Any]:
    settings = document["settings_schema"]["sections"][0]["settings"]
    found: dict[str, Any] = next(each for each in settings if each["key"] == key)
    return found


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plugin.json"
    path.write_text('{"name": "Sidestage", "name": "Another"}', "utf-8")
    with pytest.raises(ManifestError, match="'name' stands twice"):
        reader.load(path)


@pytest.mark.parametrize(
    "content", [b"", b"[" * 100_000, b"\xff\xfe", b"null", b"[]", b'"text"', b"{}", b"x" * 300_000]
)
def test_rubbish_is_refused_and_nothing_else_happens(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plugin.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError):
        reader.load(path)


def test_three_hundred_mutated_files_never_gain_a_right(tmp_path: Path) -> None:
    chance = random.Random(20260512)
    loaded = refused = 0
    for _ in range(MUTATIONS):
        document = mutated(own_document(), chance)
        try:
            found = reader.load(written(tmp_path, document))
        except ManifestError as refusal:
            assert refusal.place == "" or refusal.place.startswith("/")
            refused += 1
        else:
            loaded += 1
            assert found.rights() <= manifest().rights()
            assert found.token_max_ttl_seconds <= tokens.MAX_TTL_SECONDS
    assert loaded > 20  # both ways were really taken
    assert refused > 100


def mutated(document: dict[str, Any], chance: random.Random) -> Any:
    """Change one to three places: drop, repeat, replace, rename or add."""
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(list(places(document)))
        mutation = chance.choice([drop, repeat, replace, rename, add])
        if container_has(container, key):
            mutation(container, key, chance)
    return document


def container_has(container: Any, key: Any) -> bool:
    return key in container if isinstance(container, dict) else key < len(container)


def places(node: Any) -> list[tuple[Any, Any]]:
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    return [(node, key) for key, _ in items] + [place for _, child in items for place in places(child)]


def drop(container: Any, key: Any, chance: random.Random) -> None:
    del container[key]


def repeat(container: Any, key: Any, chance: random.Random) -> None:
    if isinstance(container, list):
        container.append(copy.deepcopy(container[key]))
    else:
        container[f"{key}_again"] = copy.deepcopy(container[key])


def replace(container: Any, key: Any, chance: random.Random) -> None:
    container[key] = chance.choice(
        [None, True, False, 0, -1, 10**9, "", "*", "/", "admin", "../..", [], {}, "room.delete"]
    )


def rename(container: Any, key: Any, chance: random.Random) -> None:
    if isinstance(container, dict):
        container[key.upper() if key.upper() != key else key + "x"] = container.pop(key)


def add(container: Any, key: Any, chance: random.Random) -> None:
    word = chance.choice(["room.close", "participant.impersonate", "host", "magic_link", "none", "__proto__"])
    if isinstance(container, list):
        container.append(word)
    else:
        container[word] = "*"
