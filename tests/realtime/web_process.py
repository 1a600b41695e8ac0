"""The stand-in app as a real gunicorn process with threads, as `make run` starts the product's."""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port, is_listening
from tests.servers.process import ServerProcess

REPOSITORY = Path(__file__).resolve().parents[2]


class WebProcess:
    """One gunicorn master with ``workers`` processes of eight threads."""

    def __init__(
        self,
        directory: Path,
        database_url: str,
        redis_url: str | None,
        *,
        workers: int = 1,
        options: tuple[str, ...] = (),
    ) -> None:
        self.port = free_port()
        environment = {"DATABASE_URL": database_url, "PYTHONPATH": str(REPOSITORY)}
        if redis_url:
            environment["REDIS_URL"] = redis_url
        directory.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "--workers", str(workers)),
            *("--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "5", "--access-logfile", "-"),
            *("--no-control-socket", *options),
            "tests.realtime.stand_in:create_app()",
        ]
        self.process = ServerProcess(command, directory, self._answers, environment=environment)

    def start(self) -> WebProcess:
        """Start and wait until it serves."""
        self.process.start()
        return self

    def _answers(self) -> bool:
        """The master listens before its worker can answer."""
        try:
            return is_listening(self.port) and self.worker_pid() > 0
        except OSError:
            return False

    def stop(self) -> None:
        """SIGTERM, as a process runner would."""
        self.process.stop()

    @property
    def url(self) -> str:
        """Where its pages are."""
        scheme = "https" if "--certfile" in self.process.command else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """Where its socket is."""
        return f"ws://127.0.0.1:{self.port}/api/v1/socket"

    def post(self, path: str, body: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        """POST JSON and return the answer."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}{path}", json.dumps(body or {}).encode(), headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # our own loopback server
            found: dict[str, Any] = json.load(answer)
            return found

    def tell(self, channel: str, *texts: str) -> None:
        """Have texts told to one channel in one transaction."""
        self.post("/tell", {"channels": [channel], "texts": list(texts)})

    def ticket(self, name: str) -> str:
        """A ticket for somebody of the cast."""
        return str(self.post("/api/v1/socket-tickets", token=name)["ticket"])

    def worker_pid(self) -> int:
        """The process that serves (one of them)."""
        anybody = ssl._create_unverified_context()  # noqa: S323  # a certificate made for this test
        with urllib.request.urlopen(f"{self.url}/livez", timeout=10, context=anybody) as answer:  # noqa: S310
            return int(answer.read())

    def rss_kilobytes(self) -> int:
        """Resident memory of the serving process."""
        status = Path(f"/proc/{self.worker_pid()}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def kill(self) -> None:
        """SIGKILL to the master and its worker."""
        pid = self.worker_pid()
        self.process.kill()
        os.kill(pid, 9)

    def reload(self) -> None:
        """SIGHUP: gunicorn replaces its workers."""
        os.kill(self.process.pid, signal.SIGHUP)
