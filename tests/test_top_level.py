"""The top level is a table of contents: only agreed entries stand there, and CI runs what the README says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
AGREED = re.compile(
    r"app\.py|pyproject\.toml|README\.md|plugin|workers|migrations|tests|plugin\.json|Makefile|LICENSE|CHANGELOG\.md"
    r"|SECURITY\.md|CONTRIBUTING\.md|docs|Dockerfile|compose\.yaml|requirements[^/]*\.txt|package\.json"
    r"|package-lock\.json|Procfile|\..*"
)


def test_only_agreed_entries_stand_at_the_top() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("git: this is not a git checkout, so nobody knows what is committed")
    entries = {path.split("/")[0] for path in listed.stdout.splitlines()}
    assert [entry for entry in sorted(entries) if not AGREED.fullmatch(entry)] == []


def test_ci_runs_make_test() -> None:
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "make test"
    assert len(commands) <= 3, "CI does what the README says, nothing cleverer"
