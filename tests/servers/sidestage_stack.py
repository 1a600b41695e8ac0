"""A whole Sidestage as in production: web processes, a Celery worker and beat, on a real Redis and database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from tests.servers.ports import free_port
from tests.servers.process import ServerProcess

REPOSITORY = Path(__file__).resolve().parents[2]
SECRET_KEY = "a-secret-for-tests-that-is-long-enough-0123456789"


class SidestageStack:
    """Started with ``with``; every process can be killed and started again alone.

    ``web`` are gunicorn processes behind ports of their own (there is no balancer: a test chooses whom it asks).
    """

    def __init__(
        self,
        directory: Path,
        database_url: str,
        redis_url: str,
        *,
        web_processes: int = 1,
        has_beat: bool = True,
        port: int | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.ports = [port or free_port(), *(free_port() for _ in range(web_processes - 1))]
        self.environment = {
            "SIDESTAGE_DATA_DIR": str(directory / "data"),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SIDESTAGE_SECRET_KEY": SECRET_KEY,
            "SIDESTAGE_PUBLIC_URL": f"http://127.0.0.1:{self.ports[0]}",
            "SIDESTAGE_PORT": str(self.ports[0]),
            "SIDESTAGE_DEMO": "true",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONWARNINGS": "default",
        } | (environment or {})
        (directory / "data").mkdir(parents=True, exist_ok=True)
        self.web = [self._web(port) for port in self.ports]
        self.worker = self._celery(
            "worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"
        )
        self.beat = self._celery("beat") if has_beat else None

    @property
    def url(self) -> str:
        """The address of the first web process."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def urls(self) -> list[str]:
        """The addresses of all web processes."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def migrate(self) -> None:
        """Bring the database to the newest shape, as `make run` does."""
        command = [sys.executable, "-m", "plugin", "migrate"]
        environment = {**os.environ, **self.environment}
        subprocess.run(command, check=True, env=environment, cwd=REPOSITORY, capture_output=True)

    def start(self) -> SidestageStack:
        """Migrate, then start everything and wait until it serves."""
        self.migrate()
        for process in self.processes:
            process.launch()
        for process in self.processes:
            process.wait_until_ready(seconds=80)
        return self

    @property
    def processes(self) -> list[ServerProcess]:
        """All of them."""
        return [*self.web, *([self.beat] if self.beat else []), self.worker]

    def stop(self) -> None:
        """Stop everything by its own PID."""
        for process in self.processes:
            process.ask_to_stop()
        for process in self.processes:
            process.stop()

    def __enter__(self) -> SidestageStack:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def logs(self) -> str:
        """Everything the processes wrote, for a failing test's eyes."""
        return "\n".join(f"--- {part.directory.name}\n{part.log()}" for part in self.processes)

    def _web(self, port: int) -> ServerProcess:
        command = [
            *(sys.executable, "-m", "gunicorn", "app:app", "--chdir", str(REPOSITORY)),
            *("--worker-class", "gthread", "--threads", "16", "--workers", "1"),
            *("--bind", f"127.0.0.1:{port}", "--graceful-timeout", "5"),
        ]
        return ServerProcess(
            command,
            self._folder(f"web-{port}"),
            lambda: _answers(f"http://127.0.0.1:{port}/livez"),
            environment=self.environment,
        )

    def _celery(self, role: str, *options: str) -> ServerProcess:
        command = [
            *(sys.executable, "-m", "celery", "-A", "workers.celery_app", "--workdir", str(REPOSITORY), role),
            *("--loglevel", "INFO", *options),
        ]
        folder = self._folder(role)
        said = {"worker": " ready.", "beat": "beat: Starting"}[role]
        started: list[ServerProcess] = []

        def is_ready() -> bool:
            return said in started[0].log()

        started.append(ServerProcess(command, folder, is_ready, environment=self.environment))
        return started[0]

    def _folder(self, name: str) -> Path:
        folder = self.directory / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # our own loopback address
            return bool(json.load(response))
    except (OSError, ValueError, urllib.error.URLError):
        return False
