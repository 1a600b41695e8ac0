"""Every direct dependency has a reason, every install is pinned by hash, and no file names a package index."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))


def direct_dependencies() -> set[str]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [told["project"]["dependencies"], *told["project"]["optional-dependencies"].values()]
    lists.extend(told["dependency-groups"].values())
    python = {re.split(r"[\[<>=~! ]", entry)[0] for entries in lists for entry in entries}
    npm = json.loads((ROOT / "package.json").read_text())
    return python | set(npm["dependencies"]) | set(npm["devDependencies"])


def documented_dependencies() -> dict[str, list[str]]:
    rows = {}
    for line in (ROOT / "docs/dependencies.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            rows[cells[0].strip("`")] = cells[1:]
    return rows


def pins(requirements: Path) -> list[str]:
    """One string per pinned package with its hashes; comments left out."""
    lines = [line for line in requirements.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [pin for pin in re.split(r"\n(?=\S)", "\n".join(lines)) if pin.strip()]


def test_each_direct_dependency_has_a_reason_and_a_licence() -> None:
    documented = documented_dependencies()
    assert direct_dependencies() == set(documented)
    assert [name for name, (reason, licence) in documented.items() if not reason or not licence] == []


@pytest.mark.parametrize("requirements", REQUIREMENTS, ids=lambda path: str(path.name))
def test_every_pin_has_a_hash(requirements: Path) -> None:
    unpinned = [pin for pin in pins(requirements) if not re.match(r"[a-z0-9.-]+==[^\n]+\\\n +--hash=sha256:", pin)]
    assert pins(requirements) and unpinned == []


@pytest.mark.parametrize("requirements", REQUIREMENTS, ids=lambda path: str(path.name))
def test_no_requirements_file_names_an_index(requirements: Path) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links", requirements.read_text())


def test_the_pins_are_those_that_the_tests_ran_with() -> None:
    runtime, tested = (set(name_and_version(ROOT / name)) for name in ("requirements.txt", "requirements-dev.txt"))
    assert runtime <= tested


def name_and_version(requirements: Path) -> list[str]:
    return [pin.split()[0] for pin in pins(requirements)]


def test_the_npm_lock_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock and "://" not in re.sub(r'"(funding|url)": .*', "", lock)
    packages = json.loads(lock)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()
