"""A real Redis server in a folder of its own, reached by a unix socket or a loopback port."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import redis

from tests.servers.ports import free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import redis_program


class RedisServer:
    """Started, stopped, killed and started again as a test wishes; what it stored survives in an append-only file."""

    def __init__(self) -> None:
        program = redis_program()
        if program is None:
            raise RuntimeError("redis-server is not installed.")
        self.directory = Path(tempfile.mkdtemp(prefix="sidestage-redis-"))
        self.port = free_port()
        self.socket_path = self.directory / "redis.sock"
        self.process = ServerProcess([program, *self._options()], self.directory, self._answers)

    def _options(self) -> list[str]:
        return [
            *("--port", str(self.port), "--bind", "127.0.0.1"),
            *("--unixsocket", str(self.socket_path), "--dir", str(self.directory)),
            *("--appendonly", "yes", "--appendfsync", "no", "--save", ""),
        ]

    @property
    def url(self) -> str:
        """The address by unix socket, as redis-py spells it."""
        return f"unix://{self.socket_path}"

    @property
    def tcp_url(self) -> str:
        """The address by loopback port."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> RedisServer:
        """Start and wait until it answers."""
        self.process.start()
        return self

    def stop(self) -> None:
        """Stop it; what it stored stays."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def remove(self) -> None:
        """Stop it for good and clear its folder away."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def empty(self) -> None:
        """Forget every key."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.tcp_url, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
