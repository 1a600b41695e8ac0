"""Says at the end of a test run what was skipped and why, by name, and hands the counts to `tests.everything`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

OUTCOMES = {"passed": ["passed", "xfailed"], "failed": ["failed", "error", "xpassed"], "skipped": ["skipped"]}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option by which `tests.everything` collects the counts of several runs."""
    parser.addoption("--closing-lines", metavar="FILE", help="write the counts and skip reasons to this JSON file")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print every reason for a skip with its number of tests."""
    stats = terminalreporter.stats
    reasons = Counter(skip_reason(report) for report in stats.get("skipped", []))
    if reasons:
        terminalreporter.section("skipped, by name")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} skipped: {reason}")
    target = config.getoption("--closing-lines")
    if target:
        counts = {outcome: sum(len(stats.get(key, [])) for key in keys) for outcome, keys in OUTCOMES.items()}
        Path(target).write_text(json.dumps({**counts, "reasons": reasons}))


def skip_reason(report: pytest.TestReport) -> str:
    """The sentence given to `pytest.skip`."""
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")
