"""The open house, fresh for each test, on SQLite."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

from tests.security.open_house import OpenHouse, open_house


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Who may do what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "sidestage.db")
    return f"sqlite:///{tmp_path / 'sidestage.db'}"


@pytest.fixture
def house(app: Flask) -> OpenHouse:
    """Everybody signed in, one question, one hand, one invitation."""
    return open_house(app)
