"""Texts that no keyboard types, in every place that takes one: refused or cleaned, never a broken server (T26)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.app_fixtures import BOTH
from tests.security.open_house import API, OpenHouse
from tests.security.test_route_matrix import BODIES, THINGS, Route, guarded, served

pytestmark = pytest.mark.redis
ODD = [
    "\ud800",
    "a\x00b",
    "\u202egnihtyna",
    "\uffff",
    "x" * 5000,
    "",
    " ",
    "-1",
    "'; DROP TABLE questions;--",
    "{{7*7}}",
]
ODD_IN_PATHS = [
    "%00",
    "a%00b",
    "%ff",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "x" * 3000,
    "-1",
    "1e999",
    "99999999999999999999",
    "%27",
]
TEXTS: dict[Route, dict[str, Any]] = BODIES | {
    ("POST", "/api/v1/questions"): {"text": "May I?", "voice": "read", "client_id": "1"},
    ("POST", "/api/v1/hands"): {"reason": "why", "question_id": "qst_x"},
    ("POST", "/api/v1/stage-turns"): {"participant_id": "par_x", "hand_id": "hnd_x"},
    ("POST", "/api/v1/questions/{question_id}/rank"): {"after_id": "qst_x"},
    ("POST", "/api/v1/questions/seen"): {"ids": ["qst_x"]},
    ("POST", "/api/v1/panel-sessions"): {
        "install_id": "ins_x",
        "room": "ama",
        "token": "forged",
        "guest_access_token": "forged",
    },
}


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database has its own idea of what a text is."""
    if request.param == "postgres":
        return str(request.getfixturevalue("copied_postgres_url"))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "sidestage.db")
    return f"sqlite:///{tmp_path / 'sidestage.db'}"


def test_in_bodies(house: OpenHouse) -> None:
    for (method, path), body in TEXTS.items():
        for name, value in body.items():
            for odd in ODD:
                sent = body | {name: [odd] if isinstance(value, list) else odd}
                answer = house.call(method, path.format(**house.ids), "host", sent)
                assert answer.status_code < 500, (method, path, name, odd[:20], answer.text)


def test_in_addresses(house: OpenHouse) -> None:
    for one in served(house.app):
        for name in (*THINGS, "install_id", "kind", "who", "version", "path", "filename"):
            if f"{{{name}}}" in one.path:
                for odd in ODD_IN_PATHS:
                    answer = house.call(
                        one.method, one.path.format(**house.ids | {name: odd}), "host", TEXTS.get(one.route)
                    )
                    assert answer.status_code < 500, (one.route, name, odd[:20], answer.text)


def test_in_headers_and_queries(house: OpenHouse) -> None:
    for odd in ["\x00", "x" * 300, "\u00ff", '"', '"1', "W/", "999999999999999999999"]:
        for one in guarded(house.app):
            if one.path.startswith(f"{API}/questions"):
                sent = {"If_Match": odd, "Idempotency_Key": odd}
                answer = house.call(one.method, one.path.format(**house.ids), "host", TEXTS.get(one.route), **sent)
                assert answer.status_code < 500, (one.route, odd[:20], answer.text)
    for query in ("cursor=%00", "cursor=%ED%A0%80", "limit=1e9", "state=%00", "sort=%00", "cursor=" + "x" * 3000):
        for path in ("/questions", "/participants"):
            assert house.call("GET", f"{API}{path}?{query}", "host").status_code < 500, (path, query[:20])
