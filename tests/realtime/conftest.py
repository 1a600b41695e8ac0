"""Web processes of the stand-in app, on a fresh database and a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from plugin.core.database import db
from tests.realtime import stand_in
from tests.realtime.panel_client import PanelClient
from tests.realtime.web_process import WebProcess

StartWeb = Callable[..., WebProcess]
Connect = Callable[..., PanelClient]


@pytest.fixture
def stand_in_database(tmp_path: Path) -> str:
    """A SQLite file with the tables and the cast."""
    return prepared(f"sqlite:///{tmp_path / 'stand_in.db'}")


def prepared(url: str) -> str:
    """Make tables and people in a database and return its address."""
    app = stand_in.create_app(url)
    stand_in.prepare_database(app)
    with app.app_context():
        db.engine.dispose()
    return url


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
def web(start_web: StartWeb) -> WebProcess:
    """One web process."""
    return start_web()


@pytest.fixture
def join(web: WebProcess) -> Iterator[Connect]:
    """Open sockets; all are closed after the test."""
    with ExitStack() as stack:

        def connect(name: str, at: WebProcess | None = None, **options: Any) -> PanelClient:
            client = PanelClient(at or web, name, **options)
            stack.callback(client.close)
            return client

        yield connect
