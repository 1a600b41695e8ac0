"""A whole Sidestage that the tests of this folder may break, as long as it stands again at the end of each."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.journeys.room_host import RoomHost
from tests.servers.panel import Panel
from tests.servers.postgres_server import PostgresServer
from tests.servers.redis_server import RedisServer
from tests.servers.sidestage_stack import SidestageStack


@dataclass
class Standing:
    """Two web processes, a worker, beat, a Redis and a database, and a room server attached to them."""

    stack: SidestageStack
    redis: RedisServer
    host: RoomHost
    database_url: str

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Ask the database itself."""
        engine = create_engine(self.database_url, poolclass=NullPool)
        with engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def count(self, statement: str, **values: Any) -> int:
        """Ask the database for one number."""
        return int(self.rows(statement, **values)[0][0])

    def open_evening(self) -> Panel:
        """Begin in a new room, which Hana hosts."""
        self.host.open_room(f"evening-{uuid4().hex[:8]}")
        self.host.is_slow = False
        self.host.requests.clear()
        return self.host.enter("Hana", "host")


@contextmanager
def _standing(directory: Path, database_url: str) -> Iterator[Standing]:
    redis = RedisServer().start()
    try:
        with SidestageStack(directory, database_url, redis.url, web_processes=2) as stack:
            host = RoomHost(stack).attach()
            yield Standing(stack, redis, host, database_url)
            host.stop()
    finally:
        redis.remove()


@pytest.fixture(scope="package")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """On SQLite, as `make run` starts it."""
    directory = tmp_path_factory.mktemp("sqlite")
    with _standing(directory, f"sqlite:///{directory / 'sidestage.db'}") as standing:
        yield standing


@pytest.fixture(scope="package")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Standing]:
    """On PostgreSQL."""
    database_url = postgres_server.create_database("faults")
    with _standing(tmp_path_factory.mktemp("postgres"), database_url) as standing:
        yield standing
    postgres_server.drop_database("faults")


@pytest.fixture
def seed() -> int:
    """Printed with a failure; SIDESTAGE_SEED repeats the same moments (as far as a busy machine allows)."""
    chosen = int(os.environ.get("SIDESTAGE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"SIDESTAGE_SEED={chosen}")
    return chosen
