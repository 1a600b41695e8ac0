"""The app under test: migrated once per database, emptied before each test, on SQLite and on Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.application import create_app
from plugin.config import Settings
from plugin.core.database import Base, db

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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Run the test once on each database; each test starts with empty tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sidestage.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Return the settings of the app under test; override this fixture to change one."""
    return settings_for(tmp_path, database_url, redis_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Return the real app with all tables and no rows, with an app context pushed."""
    made = create_app(settings)
    with made.app_context():
        Base.metadata.create_all(db.engine)
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of the app under test."""
    return app.test_client()
