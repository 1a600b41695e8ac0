"""A server run as a child process: started with a deadline, its log kept, stopped by its own PID."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.servers.waiting import wait_until


class ServerProcess:
    """One child process, its log file, and the question that tells whether it is ready to serve."""

    def __init__(
        self,
        command: Sequence[str | Path],
        directory: Path,
        is_ready: Callable[[], bool],
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment` is added to ours; `user` (root only) is who the server runs as."""
        self.command = [str(part) for part in command]
        self.directory = directory
        self.log_path = directory / f"{Path(self.command[0]).name}.log"
        self._is_ready = is_ready
        self._stop_signal = stop_signal
        self._user = user
        self._environment = {**os.environ, **(environment or {})}
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    @property
    def pid(self) -> int:
        """The child's process id; it must have been started."""
        if self._child is None:
            raise RuntimeError(f"{self.command[0]} was not started.")
        return self._child.pid

    def start(self, seconds: float = 30.0) -> None:
        """Start the server and return once it serves."""
        self.launch()
        self.wait_until_ready(seconds)

    def launch(self) -> None:
        """Start the server and return at once, so that several can come up side by side."""
        self._is_stopping = False
        with self.log_path.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
            )

    def wait_until_ready(self, seconds: float = 30.0) -> None:
        """Return once the launched server serves; one that does not is killed."""
        try:
            wait_until(self._is_ready_or_dead, f"{self.command[0]} to serve", seconds)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error} Its log:\n{self.log()}") from None

    def _is_ready_or_dead(self) -> bool:
        if not self.is_running():
            raise AssertionError(f"{self.command[0]} ended while starting.")
        return self._is_ready()

    def is_running(self) -> bool:
        """Whether the child lives."""
        return self._child is not None and self._child.poll() is None

    def stop(self, seconds: float = 15.0) -> int:
        """Ask the server to stop, wait, and return its exit code; past the deadline it is killed."""
        if self._child is None:
            return 0
        self.ask_to_stop()
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._child.returncode

    def ask_to_stop(self) -> None:
        """Send the signal, once, and return at once."""
        if self._child is not None and self.is_running() and not self._is_stopping:
            self._is_stopping = True
            self._child.send_signal(self._stop_signal)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def log(self) -> str:
        """Everything the server wrote so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
