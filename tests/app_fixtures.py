"""The app under test, on a copy of a fresh database: once on SQLite and once on Postgres."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from plugin.application import create_app
from plugin.config import Settings
from plugin.core.database import Base, db
from tests.servers.postgres_server import PostgresServer

SECRET_KEY = "a-secret-for-tests-that-is-long-enough-0123456789"


def settings_for(data_dir: Path, database_url: str, redis_url: str, **changes: Any) -> Settings:
    """Return settings for one app under test."""
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "database_url": database_url,
        "redis_url": redis_url,
        "secret_key": SECRET_KEY,
        "public_url": "http://127.0.0.1:5000",
        "is_demo": True,
    }
    return Settings(**(values | changes))


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "sidestage_template"
_numbers = itertools.count(1)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Run the test once on each database, without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sidestage.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied: making the tables anew for each test takes far longer."""
    path = tmp_path_factory.mktemp("template") / "sidestage.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a Postgres database with every table, to be copied."""
    _make_tables(postgres_server.create_database(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def copied_postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A Postgres database with every table and no rows, dropped after the test."""
    name = f"copy_{next(_numbers)}"
    yield postgres_server.create_database(name, postgres_template)
    postgres_server.drop_database(name)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Run the test once on each database, with every table and no rows."""
    if request.param == "postgres":
        return str(request.getfixturevalue("copied_postgres_url"))
    path = tmp_path / "sidestage.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


def _make_tables(url: str) -> None:
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Return the settings of the app under test; override this fixture to change one."""
    return settings_for(tmp_path, database_url, redis_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Return the real app with all tables and no rows, with an app context pushed."""
    made = create_app(settings)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of the app under test."""
    return app.test_client()
