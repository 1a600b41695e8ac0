"""An operator's machine: settings in the environment, a migrated database, and commands to type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from plugin.application import create_app
from plugin.cli.commands import commands
from plugin.core import migrations
from plugin.core.database import Base, db
from tests.app_fixtures import SECRET_KEY
from tests.servers.audio_client import ClientLoop
from tests.servers.livekit import Audience, LiveKitServer, client_loop
from tests.servers.ports import free_port

__all__ = ["client_loop"]

Command = Callable[..., Result]


@pytest.fixture
def public_port() -> int:
    return free_port()


@pytest.fixture
def operator(tmp_path: Path, redis_url: str, public_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app that the operator's settings describe, with its database ready; its context is open."""
    settings = {
        "SIDESTAGE_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'sidestage.db'}",
        "REDIS_URL": redis_url,
        "SIDESTAGE_SECRET_KEY": SECRET_KEY,
        "SIDESTAGE_PUBLIC_URL": f"http://127.0.0.1:{public_port}",
        "SIDESTAGE_DEMO": "false",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)
    app = create_app()
    with app.app_context():
        migrations.upgrade(db.engine)
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def run(operator: Flask) -> Command:
    """Type a command: ``run("setup-code", "--allow-private")``."""

    def invoke(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(commands, list(words), input=typed, prog_name="python -m plugin")

    return invoke


@pytest.fixture
def server() -> Iterator[LiveKitServer]:
    """A LiveKit server of this test alone, which knows nothing of Sidestage yet."""
    server = LiveKitServer().start()
    yield server
    server.remove()


@pytest.fixture
def audience(server: LiveKitServer, client_loop: ClientLoop) -> Iterator[Audience]:
    """People who join it."""
    people = Audience(server.url, client_loop)
    yield people
    people.leave()
