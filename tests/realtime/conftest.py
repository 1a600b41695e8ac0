"""Web processes of the stand-in app, on a fresh database and a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from plugin.core.database import db
from plugin.core.ids import new_id
from tests.realtime import stand_in
from tests.realtime.panel_client import PanelClient
from tests.realtime.web_process import WebProcess
from tests.servers.redis_server import RedisServer

StartWeb = Callable[..., WebProcess]
Connect = Callable[..., PanelClient]


def prepared(url: str) -> str:
    """Make tables and people in a database and return its address."""
    app = stand_in.create_app(url)
    stand_in.prepare_database(app)
    with app.app_context():
        db.engine.dispose()
    return url


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[WebProcess]:
    """One web process on SQLite for all tests of a file; each test has a `channel` of its own."""
    directory = tmp_path_factory.mktemp("web")
    database_url = prepared(f"sqlite:///{directory / 'stand_in.db'}")
    process = WebProcess(directory, database_url, redis_server.tcp_url).start()
    yield process
    process.stop()


@pytest.fixture
def channel() -> str:
    """A channel that everybody may hear and no other test uses."""
    return f"load:{new_id('chn')}"


@pytest.fixture
def stand_in_database(tmp_path: Path) -> str:
    """A SQLite file with the tables and the cast."""
    return prepared(f"sqlite:///{tmp_path / 'stand_in.db'}")


@pytest.fixture
def start_web(tmp_path: Path, stand_in_database: str, redis_url: str) -> Iterator[StartWeb]:
    """Start web processes that share database and Redis; all are stopped after the test."""
    with ExitStack() as stack:

        def start(**options: Any) -> WebProcess:
            number = len(list(tmp_path.glob("web*")))
            web = WebProcess(tmp_path / f"web{number}", stand_in_database, redis_url, **options)
            stack.callback(web.stop)
            return web.start()

        yield start


@pytest.fixture
def join(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Open sockets, at the shared web process when no other is named; all are closed after the test."""
    with ExitStack() as stack:

        def connect(name: str, at: WebProcess | None = None, **options: Any) -> PanelClient:
            client = PanelClient(at or request.getfixturevalue("web"), name, **options)
            stack.callback(client.close)
            return client

        yield connect


@pytest.fixture
def private_redis() -> Iterator[RedisServer]:
    """A Redis for one test, which may kill it, freeze it and start it again."""
    server = RedisServer().start()
    yield server
    server.remove()
