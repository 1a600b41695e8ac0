"""What a delivery costs, as a multiple of a C loop that only calls `send`: the figures of docs/benchmarks.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak
FRAME_BYTES = 150
ROOT = Path(__file__).resolve().parents[2]


def microseconds(*command: str | Path) -> float:
    """Run a measurement; it prints one figure (and the reader its bytes)."""
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    return min(float(line) for line in finished.stdout.split())


@pytest.mark.parametrize(
    ("members", "frames", "burst", "limit"),
    [(500, 400, 1, 1.25), (5000, 40, 1, 1.45), (500, 2000, 50, 0.35), (5000, 400, 50, 0.35)],
    ids=["500", "5,000", "500 under backlog", "5,000 under backlog"],
)
def test_cpu_of_a_delivery(fanout: Path, members: int, frames: int, burst: int, limit: float) -> None:
    figures = []
    for _ in range(3):  # both in turn, so that whatever else runs here weighs on both
        least = microseconds(fanout, "loop", str(members), str(max(20, 200_000 // members)), str(FRAME_BYTES))
        arguments = (str(members), str(frames), str(FRAME_BYTES), str(burst))
        ours = microseconds(sys.executable, "-m", "tests.benchmarks.fanout_hub", fanout, *arguments)
        figures.append((ours / least, ours, least))
    ratio, ours, least = sorted(figures)[1]
    print(f"\n{members} members, bursts of {burst}: {ratio:.2f} x the C loop ({ours:.2f} to {least:.2f} microseconds)")
    assert ratio <= limit
