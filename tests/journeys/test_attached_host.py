"""The way onto the stage on a home-grown Flask server, with a real worker, and nothing of the host is changed."""

from __future__ import annotations

import json
import re
import socket
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.app_fixtures import SECRET_KEY
from tests.journeys import attached_host
from tests.journeys.attached_host import PREFIX, ROOM
from tests.servers.ports import free_port
from tests.servers.process import ServerProcess
from tests.servers.sidestage_stack import REPOSITORY, SidestageStack
from tests.servers.waiting import wait_until

ASKED = [
    *("GET /", "GET /api/v1/people", "GET /nowhere", "GET /static/none.css", "GET /qaa", "GET /api/v1/bootstrap"),
    *("GET /scarce", "GET /scarce", "GET /scarce", "POST /echo", "DELETE /", "GET /.well-known/room-plugin.json"),
    *("GET /livez", "GET /broken", "POST /api/v1/panel-sessions", "GET /panel/ins_x", "GET /embed.js"),
    *("GET /visits", "GET /visits", "GET /api/v1/openapi.json", "POST /api/v1/wishes", "PATCH /api/v1/wishes"),
]


@pytest.fixture
def build(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Flask]:
    settings = {
        "SIDESTAGE_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/sidestage.db",
        "REDIS_URL": redis_url,
        "SIDESTAGE_SECRET_KEY": SECRET_KEY,
        "SIDESTAGE_PUBLIC_URL": f"http://127.0.0.1:5000{PREFIX}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return lambda is_attached: attached_host.build(f"sqlite:///{tmp_path}/host.db", is_attached=is_attached)


def answers(app: Flask) -> list[tuple[str, int, bytes, list[tuple[str, str]]]]:
    client = app.test_client()
    found = []
    for asked in ASKED:
        method, path = asked.split()
        body = {"json": {"text": "hello"}} if method == "POST" else {}
        answer = client.open(path, method=method, **body)  # type: ignore[arg-type]
        headers = [(name, value) for name, value in answer.headers if not name.startswith("X-RateLimit-Reset")]
        found.append((asked, answer.status_code, answer.data, headers))
    return found


@pytest.mark.redis
def test_every_address_of_the_host_answers_as_before_to_the_byte(build: Callable[[bool], Flask]) -> None:
    bare, attached = build(False), build(True)
    assert answers(attached) == answers(bare)
    assert set(attached.extensions) == set(bare.extensions)
    assert attached.config == bare.config
    assert attached.error_handler_spec.keys() == bare.error_handler_spec.keys()
    manifest = attached.test_client().get(f"{PREFIX}/.well-known/room-plugin.json")
    assert manifest.status_code == 200
    with bare.app_context():
        attached_host.db.engine.dispose()
    with attached.app_context():
        attached_host.db.engine.dispose()


class HostServer(ServerProcess):
    """The host under gunicorn; nothing but ``environment`` says whether Sidestage is attached."""

    def __init__(self, port: int, directory: Path, environment: dict[str, str]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.journeys.attached_host:app", "--chdir", str(REPOSITORY)),
            *("--worker-class", "gthread", "--threads", "8", "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "5"),
        ]
        super().__init__(command, directory, lambda: _serves(port), environment=environment)


def _serves(port: int) -> bool:
    try:
        return b"Our rooms" in said(port, "GET /")
    except OSError:
        return False


def said(port: int, asked: str, cookie: str = "") -> bytes:
    """Everything that comes over the wire, except the time and what the session's signature makes of it."""
    body = b'{"text":"hello"}' if asked.startswith("POST") else b""
    lines = [f"{asked} HTTP/1.1", "Host: rooms.test", "Connection: close", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json"] if body else []
    lines += [f"Cookie: session={cookie}"] if cookie else []
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return re.sub(rb"(\r\nDate: |\r\nSet-Cookie: session=[^.]+\.)[^;\r]*", rb"\1", received)


@pytest.mark.whole
@pytest.mark.redis
def test_every_address_answers_the_same_bytes_through_gunicorn(tmp_path: Path, redis_url: str) -> None:
    environment = {
        "HOST_DATABASE_URL": f"sqlite:///{tmp_path}/host.db",
        "SIDESTAGE_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/sidestage.db",
        "REDIS_URL": redis_url,
        "SIDESTAGE_SECRET_KEY": SECRET_KEY,
        "PYTHONPATH": str(REPOSITORY),
    }
    heard: list[list[bytes]] = []
    for more in ({"HOST_IS_BARE": "yes"}, {}):
        port = free_port()
        server = HostServer(port, tmp_path / f"host-{port}", environment | more)
        try:
            server.start(seconds=60)
            heard.append([said(port, asked) for asked in ASKED])
            heard[-1].append(said(port, "GET /visits", "eyJ2aXNpdHMiOjF9.nobody.signed-this"))
            under_prefix = said(port, f"GET {PREFIX}/.well-known/room-plugin.json")
        finally:
            server.stop()
    for asked, bare, attached in zip([*ASKED, "a forged cookie"], *heard, strict=True):
        assert attached == bare, asked
    assert b" 200 " in under_prefix.split(b"\r\n")[0]


class AttachedStack(SidestageStack):
    """The host's web server instead of ours; worker and beat are ours as ever."""

    def _web(self, port: int) -> ServerProcess:
        return HostServer(port, self.directory / f"web-{port}", self.environment)


def call(method: str, url: str, body: object = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(url, data=data, method=method, headers=sent)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        text = answer.read().decode()
    return json.loads(text) if answer.headers.get_content_type() == "application/json" and text else text


class Panel:
    """One person's panel, as its HTTP calls."""

    def __init__(self, host: str, install_id: str, user_id: str) -> None:
        self.api = f"{host}{PREFIX}/api/v1"
        token = call("GET", f"{host}/panel-token/{user_id}")
        signed_in = call("POST", f"{self.api}/panel-sessions", {"install_id": install_id, "room": ROOM, "token": token})
        self.bearer = f"Bearer {signed_in['access_token']}"

    def do(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        return call(method, self.api + path, body, Authorization=self.bearer, **headers)

    def question(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("GET", "/bootstrap")["qa"]["questions"][0]
        return found


@pytest.mark.whole
@pytest.mark.redis
def test_from_a_question_to_the_stage_and_back(tmp_path: Path, empty_database_url: str, redis_url: str) -> None:
    port = free_port()
    host = f"http://127.0.0.1:{port}"
    environment = {
        "SIDESTAGE_PUBLIC_URL": host + PREFIX,
        "HOST_DATABASE_URL": f"sqlite:///{tmp_path / 'host.db'}",
        "SIDESTAGE_DEMO": "false",
    }
    stack = AttachedStack(tmp_path, empty_database_url, redis_url, port=port, environment=environment)

    def may_speak(user_id: str) -> bool:
        return any(each["id"] == user_id and each["can_speak"] for each in call("GET", f"{host}/api/v1/people"))

    with stack:
        install_id = call("POST", f"{host}/join/hana?role=host")["install_id"]
        call("POST", f"{host}/join/lina")
        hana, lina = Panel(host, install_id, "hana"), Panel(host, install_id, "lina")
        asked = {"text": "Will the beta run on our own servers?", "voice": "speak", "client_id": "c-1"}
        lina.do("POST", "/questions", asked)

        question = hana.question()
        address = f"/questions/{question['id']}"
        hana.do("POST", f"{address}/bring-up", {}, If_Match=f'"{question["version"]}"')
        (turn,) = lina.do("GET", "/bootstrap")["turns"]
        assert (turn["state"], may_speak("lina")) == ("invited", False)
        lina.do("POST", f"/stage-turns/{turn['id']}/accept")

        wait_until(lambda: may_speak("lina"), "the worker's action to reach the host's function", seconds=20)
        wait_until(lambda: hana.question()["state"] == "on_stage", "the card to say on stage", seconds=20)
        call("POST", f"{host}/microphone/lina")
        wait_until(
            lambda: lina.do("GET", "/bootstrap")["turns"][0]["is_audible"], "Lina to be heard in the panel", seconds=10
        )

        hana.do("POST", f"{address}/answered", {}, If_Match=f'"{hana.question()["version"]}"')
        wait_until(lambda: not may_speak("lina"), "the host to take the right back", seconds=20)
        assert hana.question()["state"] == "answered_live"
