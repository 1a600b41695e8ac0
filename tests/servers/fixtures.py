"""The real servers as fixtures: one Redis and one PostgreSQL per test process, clean for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.servers.postgres_server import PostgresServer
from tests.servers.redis_server import RedisServer

_database_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis server that lasts as long as this test process."""
    server = RedisServer().start()
    yield server
    server.remove()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of a Redis without any key."""
    redis_server.empty()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL cluster that lasts as long as this test process."""
    server = PostgresServer().start()
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a new, empty database, dropped after the test."""
    name = f"test_{next(_database_numbers)}"
    yield postgres_server.create_database(name)
    postgres_server.drop_database(name)
