"""What benchmarks need: a C compiler, and a place for their figures."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Compile = Callable[[Path], Path]


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Compile a C source into a program."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("a C compiler is not installed")

    def build(source: Path) -> Path:
        program = tmp_path_factory.mktemp("compiled") / source.stem
        subprocess.run([compiler, "-O2", "-w", "-o", program, source], check=True)
        return program

    return build


@pytest.fixture(scope="session")
def fanout(compiled: Compile) -> Path:
    """The C loop that is the limit, and the reader of both."""
    return compiled(HERE / "fanout.c")
