"""`make test` and `make check`: every check of the house, one after another; the skips are named at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import installation

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
NODE = ("sh", ".ci/node.sh", str(SCRIPTS.parent))
BY_ITSELF = "browser or livekit"
SLOW = "postgres or redis or livekit or browser or whole or soak"
NO_TESTS_COLLECTED = 5


@dataclass
class Tally:
    """What the runs counted together, why tests were skipped, and which checks failed."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, report: Path) -> None:
        """Take in what one pytest run wrote by `--closing-lines`."""
        if report.exists():
            told = json.loads(report.read_text())
            self.reasons.update(told.pop("reasons"))
            self.counts.update(told)

    def closing_lines(self) -> list[str]:
        """Skips by name, broken checks, then the one plain line that counts."""
        lines = [f"{count} skipped: {reason}" for reason, count in sorted(self.reasons.items())]
        if self.broken:
            lines.append(f"Not in order: {', '.join(self.broken)}")
        failed = self.counts["failed"] or len(self.broken)
        lines.append(f"{self.counts['passed']} passed, {failed} failed, {self.counts['skipped']} skipped")
        return lines


def main(scope: str) -> int:
    """Run the checks of `scope` (`check` or `test`); 0 when all are in order."""
    tally = Tally()
    if scope == "test":
        installation.install_missing()
    for name, command in static_checks().items():
        run(name, command, tally)
    if scope == "test":
        run_pytest("tests", f"not ({BY_ITSELF} or soak)", ("-n", "2"), tally)
        run_pytest("tests with a browser or LiveKit", f"({BY_ITSELF}) and not soak", (), tally)
    else:
        run_pytest("tests that need no server", f"not ({SLOW})", ("-n", "2"), tally)
    print("\n".join(["", *tally.closing_lines()]), flush=True)
    return 1 if tally.broken else 0


def static_checks() -> dict[str, Sequence[str]]:
    """What reads the code without running it, and the panel's logic under Node."""
    checks: dict[str, Sequence[str]] = {
        "ruff": (program("ruff"), "check", "."),
        "mypy": (program("mypy"),),
        "declared dependencies": (program("deptry"), "."),
        "import contracts": (program("lint-imports"), "--no-cache"),
    }
    panel_tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.test.js"))
    if panel_tests:
        checks["node --test"] = (*NODE, "node", "--test", *panel_tests)
    if (ROOT / "plugin/web/tsconfig.json").exists():
        checks["tsc"] = (*NODE, "node", "node_modules/typescript/bin/tsc", "--project", "plugin/web/tsconfig.json")
    return checks


def program(name: str) -> str:
    """A program of the environment that runs us."""
    return str(SCRIPTS / name)


def run(name: str, command: Sequence[str], tally: Tally, *, accept: Sequence[int] = (0,)) -> None:
    """Run one check, say how it went, and remember when it failed."""
    print(f"\n── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, check=False, env=environment()).returncode
    fine = code in accept
    if not fine:
        tally.broken.append(name)
    print(f"── {name}: {'in order' if fine else 'NOT in order'}, {time.monotonic() - started:.0f} s", flush=True)


def run_pytest(name: str, marks: str, options: Sequence[str], tally: Tally) -> None:
    """Run the tests with these marks and add what they counted."""
    with tempfile.TemporaryDirectory(prefix="sidestage-tests-") as folder:
        report = Path(folder) / "closing.json"
        command = (sys.executable, "-m", "pytest", "-m", marks, "--closing-lines", str(report), *options)
        run(name, command, tally, accept=(0, NO_TESTS_COLLECTED))
        tally.add(report)


def environment() -> dict[str, str]:
    """Our environment with the venv's programs first."""
    return {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
