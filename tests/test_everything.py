"""The closing lines of `make test` tell the truth about what ran, what failed and what was left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.everything import ROOT, Tally

pytest_plugins = ["pytester"]


def test_the_last_line_counts_all_runs_together(tmp_path: Path) -> None:
    tally = Tally()
    for passed, reasons in ((7, {"livekit: Go 1.26 or newer is not here": 2}), (5, {})):
        report = tmp_path / "report.json"
        report.write_text(json.dumps({"passed": passed, "failed": 0, "skipped": len(reasons) * 2, "reasons": reasons}))
        tally.add(report)
    assert tally.closing_lines() == [
        "2 skipped: livekit: Go 1.26 or newer is not here",
        "12 passed, 0 failed, 2 skipped",
    ]


def test_a_check_that_is_not_a_test_counts_as_a_failure_too() -> None:
    tally = Tally(broken=["mypy"])
    assert tally.closing_lines() == ["Not in order: mypy", "0 passed, 1 failed, 0 skipped"]


def test_a_run_hands_over_its_counts_and_reasons(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        """
        import pytest
        def test_asked(): assert True
        def test_answered(): assert False
        def test_audible(): pytest.skip("livekit: not here")
        """
    )
    run = pytester.runpytest_subprocess(
        "-p", "tests.closing_lines", "--closing-lines", "report.json", "-p", "no:randomly"
    )
    run.stdout.fnmatch_lines(["*skipped, by name*", "1 skipped: livekit: not here"])
    told = json.loads((pytester.path / "report.json").read_text())
    assert told == {"passed": 1, "failed": 1, "skipped": 1, "reasons": {"livekit: not here": 1}}
