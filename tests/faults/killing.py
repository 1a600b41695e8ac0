"""A power cut for one server: its process and every child of it, at once."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from tests.servers.process import ServerProcess


def cut_power(process: ServerProcess) -> None:
    """SIGKILL the process and its children; gunicorn's worker would outlive its master for a moment otherwise."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    process.kill()
    for child in found.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)
