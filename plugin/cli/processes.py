"""The processes that make up a running Sidestage, kept together by honcho: when one ends, all end."""

from __future__ import annotations

import multiprocessing
import os
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import honcho.manager

STOP_SECONDS = 25
STOPPED_BY_SIGNAL = {130, 143}


def run_together(commands: Mapping[str, Sequence[str]], folder: Path, environment: Mapping[str, str]) -> str | None:
    """Run the commands until a signal or until one of them ends; the answer says what went wrong, if anything did."""
    # Celery finishes its tasks and the web server its requests before they leave; honcho's own patience is 5 s.
    honcho.manager.KILL_WAIT = STOP_SECONDS
    # One behaviour everywhere: a forked reader of a child's output hears Ctrl-C from its first moment on, a spawned one
    # (macOS, newer Pythons) would be killed by it while it still imports.
    multiprocessing.set_start_method("fork", force=True)
    manager = honcho.manager.Manager()
    for name, command in commands.items():
        # `exec` spares the shell that honcho starts, so that a signal meets the program itself.
        manager.add_process(name, f"exec {shlex.join(command)}", env=dict(environment), cwd=str(folder))
    signal.signal(signal.SIGHUP, _leave_a_closed_terminal)
    manager.loop()
    if manager.returncode in STOPPED_BY_SIGNAL:
        return None
    return (
        f"One of {', '.join(commands)} ended by itself (exit code {manager.returncode}); its last lines above say why."
    )


def _leave_a_closed_terminal(_signal: int, _frame: FrameType | None) -> None:
    # Nobody reads what we print any more, and printing would fail in the middle of stopping.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.kill(os.getpid(), signal.SIGTERM)
