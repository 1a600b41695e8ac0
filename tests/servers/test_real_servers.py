"""The real servers that the other tests stand on start, keep what they were told, and go when they are stopped."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers import installation, tiers
from tests.servers.ports import is_listening
from tests.servers.postgres_server import PostgresServer
from tests.servers.process import ServerProcess
from tests.servers.redis_server import RedisServer


@pytest.mark.redis
def test_redis_answers_on_its_socket_and_its_port(redis_server: RedisServer, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as by_socket, redis.Redis.from_url(redis_server.tcp_url) as by_port:
        by_socket.set("asked", "by Lina")
        assert by_port.get("asked") == b"by Lina"


@pytest.mark.redis
def test_redis_keeps_its_keys_over_a_kill() -> None:
    server = RedisServer().start()
    try:
        with redis.Redis.from_url(server.url) as client:
            client.set("queue", "waiting")
            server.kill()
            assert not is_listening(server.port)
            server.start()
            assert client.get("queue") == b"waiting"
    finally:
        server.remove()
    assert not server.directory.exists()


@pytest.mark.postgres
def test_each_test_has_an_empty_database(postgres_server: PostgresServer, postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.postgres
def test_postgres_stops_under_an_open_connection() -> None:
    server = PostgresServer().start()
    try:
        with psycopg.connect(server.admin_url.replace("+psycopg", "")) as connection:
            server.stop()
            assert not server.process.is_running()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
    finally:
        server.remove()


def test_a_server_that_ends_while_starting_shows_its_log(tmp_path: Path) -> None:
    process = ServerProcess(["sh", "-c", "echo no such room; exit 3"], tmp_path, lambda: False)
    with pytest.raises(AssertionError, match="ended while starting.*\n*no such room"):
        process.start()


def test_a_missing_server_fails_on_ci_and_only_livekit_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv(tiers.LIVEKIT_BROKEN, raising=False)
    assert [tier for tier in tiers.TIERS if tiers.is_failure(tier)] == ["postgres", "redis", "browser"]
    monkeypatch.setenv(tiers.LIVEKIT_BROKEN, "yes")
    assert tiers.is_failure("livekit")
    monkeypatch.delenv("CI")
    assert not any(tiers.is_failure(tier) for tier in tiers.TIERS)


def test_a_compiler_complaint_is_told_from_modules_that_cannot_be_had() -> None:
    assert installation.is_compile_error("# github.com/livekit/livekit-server/pkg/rtc\nroom.go:1: undefined: x\n")
    assert not installation.is_compile_error("go: github.com/livekit/livekit-server: dial tcp: no such host\n")
