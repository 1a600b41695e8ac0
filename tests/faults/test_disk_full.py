"""A full disk under SQLite: what cannot be saved is refused with 507, reading goes on, and space heals it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from plugin.application import create_app
from plugin.core.database import Base, db, session
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access
from plugin.rooms.models import Participant
from tests.app_fixtures import settings_for
from tests.qa.cast import Cast, gather

pytestmark = pytest.mark.redis


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a disk of its own needs root on Linux")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"a disk of its own cannot be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def app(disk: Path, tmp_path: Path, redis_url: str) -> Iterator[Flask]:
    made = create_app(settings_for(tmp_path, f"sqlite:///{disk / 'sidestage.db'}", redis_url))
    with made.app_context():
        Base.metadata.create_all(db.engine)
        yield made
        db.session.remove()
        db.engine.dispose()


def bearer(cast: Cast, who: str) -> dict[str, str]:
    with unit_of_work():
        person = session().get_one(Participant, getattr(cast, who).participant_id)
        return {"Authorization": f"Bearer {access.open_panel(person).access_token}"}


def ask(client: FlaskClient, headers: dict[str, str], number: int) -> int:
    body = {"text": f"Question {number}? " + "long " * 50, "client_id": str(number)}
    answer = client.post("/api/v1/questions", json=body, headers={**headers, "Idempotency-Key": f"key-{number}"})
    if answer.status_code == 507:
        assert answer.get_json()["code"] == "storage_full"
    return answer.status_code


def test_a_full_disk_refuses_and_forgets_nothing(app: Flask, client: FlaskClient, disk: Path) -> None:
    cast = gather()
    people = {who: bearer(cast, who) for who in ("hana", "lina", "omar", "sam")}
    assert ask(client, people["lina"], 1) == 201
    ballast = disk / "ballast"
    fill(ballast)

    codes = [ask(client, people["omar"], 2) for _ in range(3)]  # the log beside the database may hold a last one
    if codes[-1] != 507:
        codes += [ask(client, people["hana"], number) for number in range(10, 40)]
    assert codes[-1] == 507, codes
    acknowledged = 1 + len({201} & set(codes[:3])) + codes[3:].count(201)
    for path in ("/questions", "/session", "/participants"):
        assert client.get(f"/api/v1{path}", headers=people["sam"]).status_code == 200, path
    stored = client.get("/api/v1/questions?limit=100", headers=people["sam"]).get_json()["items"]
    assert len(stored) == acknowledged

    ballast.unlink()
    assert ask(client, people["sam"], 3) == 201
    assert session().scalar(text("SELECT count(*) FROM questions")) == acknowledged + 1
    assert session().scalar(text("PRAGMA integrity_check")) == "ok"


def fill(ballast: Path) -> None:
    """Write until nothing more fits."""
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue


def test_sqlite_itself_calls_it_full(tmp_path: Path) -> None:
    """What `plugin.api.problems` looks for in the error's words is what SQLite says."""
    connection = sqlite3.connect(tmp_path / "small.db")
    connection.execute("PRAGMA max_page_count=4")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        for number in range(100):
            connection.execute(f"CREATE TABLE t{number} (x TEXT)")
    connection.close()
