"""Typed reader of plugin.json: refuses a file that says more, or something else, than the published schema allows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

_PACKAGE = Path(__file__).parent
#: In a checkout both stand at the top level; in an installed package they lie beside this module.
_PLACES = {
    "plugin.json": (_PACKAGE.parent / "plugin.json", _PACKAGE / "plugin.json"),
    "plugin.schema.json": (_PACKAGE.parent / "docs" / "plugin.schema.json", _PACKAGE / "plugin.schema.json"),
}
_MAX_BYTES = 256 * 1024


class ManifestError(Exception):
    """The manifest is refused; ``place`` is the JSON pointer of what to mend."""

    def __init__(self, path: Path, place: str, message: str) -> None:
        super().__init__(f"{path.name}, at {place or 'its top level'}: {message}")
        self.place = place


@dataclass(frozen=True)
class Setting:
    """One thing that an operator may set, and its default (None when there is none)."""

    key: str
    type: str
    environment: str | None
    default: bool | str | float | None


@dataclass(frozen=True)
class Manifest:
    """What this plugin says about itself. ``digest`` is the SHA-256 of the file, shown by ``doctor``."""

    id: str
    name: str
    version: str
    identities: tuple[str, ...]
    required_events: tuple[str, ...]
    optional_events: tuple[str, ...]
    actions: tuple[str, ...]
    roles: tuple[str, ...]
    token_max_ttl_seconds: int
    settings: tuple[Setting, ...]
    digest: str
    document: Mapping[str, Any] = field(repr=False)

    def rights(self) -> frozenset[str]:
        """Return everything the file allows us to ask for or accept, to compare two files by."""
        return frozenset(
            _prefixed("identity", self.identities)
            | _prefixed("event", (*self.required_events, *self.optional_events))
            | _prefixed("action", self.actions)
            | _prefixed("role", self.roles)
        )


def _prefixed(prefix: str, names: Iterable[str]) -> set[str]:
    return {f"{prefix}:{name}" for name in names}


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    """Return this plugin's own manifest, read and checked once."""
    return load(path_of("plugin.json"))


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """Return the published JSON Schema of manifests."""
    return dict(json.loads(path_of("plugin.schema.json").read_text("utf-8")))


def path_of(name: str) -> Path:
    """Return where ``plugin.json`` or ``plugin.schema.json`` stands."""
    for path in _PLACES[name]:
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing; it belongs beside the plugin folder")


def load(path: Path) -> Manifest:
    """Read and check a manifest; `ManifestError` names the place that does not fit."""
    raw = path.read_bytes()
    document = _parsed(path, raw)
    for place, message in _refusals(document):
        raise ManifestError(path, place, message)
    return _typed(document, hashlib.sha256(raw).hexdigest())


def _parsed(path: Path, raw: bytes) -> Any:
    if len(raw) > _MAX_BYTES:
        raise ManifestError(path, "", "larger than 256 kB")
    try:
        return json.loads(raw, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise ManifestError(path, "", f"not valid JSON ({error})") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two members of one name: readers disagree about which counts, so neither does.
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _refusals(document: Any) -> Iterator[tuple[str, str]]:
    error = best_match(Draft202012Validator(schema()).iter_errors(document))
    if error is not None:
        yield _place(error), _sentence(error)
        return
    for place, setting in _settings(document):
        values = [option["value"] for option in setting.get("options", ())]
        if values and "default" in setting and setting["default"] not in values:
            yield f"{place}/default", f"{setting['default']!r} is none of {', '.join(values)}"


def _place(error: ValidationError) -> str:
    path = [str(step) for step in error.absolute_path]
    if error.validator == "additionalProperties":
        path.append(_unknown_keys(error)[0])
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)


def _unknown_keys(error: ValidationError) -> list[str]:
    instance, known = cast(dict[str, Any], error.instance), cast(dict[str, Any], error.schema)["properties"]
    return sorted(set(instance) - set(known))


def _sentence(error: ValidationError) -> str:
    if error.validator == "additionalProperties":
        return f"unknown key {_unknown_keys(error)[0]!r}"
    if error.validator == "not" and error.absolute_path[-1] == "default":
        return "a secret or generated setting has no default in a file"
    return error.message if len(error.message) < 300 else f"does not fit ({error.validator})"


def _settings(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, section in enumerate(document.get("settings_schema", {}).get("sections", ())):
        for index, setting in enumerate(section["settings"]):
            yield f"/settings_schema/sections/{number}/settings/{index}", setting


def _typed(document: Mapping[str, Any], digest: str) -> Manifest:
    token = document["identity"]["panel_token"]
    return Manifest(
        id=document["id"],
        name=document["name"],
        version=document["version"],
        identities=tuple(document["identity"]["accepts"]),
        required_events=tuple(document["events"]["required"]),
        optional_events=tuple(document["events"]["optional"]),
        actions=tuple(dict.fromkeys((*document["actions"]["required"], *document["actions"]["optional"]))),
        roles=tuple(token["roles"]),
        token_max_ttl_seconds=token["max_ttl_seconds"],
        settings=tuple(
            Setting(setting["key"], setting["type"], setting.get("environment"), setting.get("default"))
            for _, setting in _settings(document)
        ),
        digest=digest,
        document=document,
    )
