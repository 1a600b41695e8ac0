"""A person's panel without a browser: signs in, speaks the HTTP API, and hears its socket, byte for byte."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import requests

from tests.realtime.panel_client import Frame, PanelClient

SECONDS = 15.0


class Panel:
    """One person signed in to one room session; ``url`` may be changed to ask another web process."""

    def __init__(self, url: str, install_id: str, room: str, token: str, *, origin: str | None = None) -> None:
        self.url, self.origin = url, origin or url
        self.http = requests.Session()
        body = {"install_id": install_id, "room": room, "token": token}
        tokens = self.do("POST", "/panel-sessions", body)
        self.access_token: str = tokens["access_token"]
        self.refresh_token: str = tokens["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {self.access_token}"

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, version: int | None = None
    ) -> requests.Response:
        """Send one request and return whatever comes; ``key`` makes a repeat safe, ``version`` is what was seen."""
        headers = {"Idempotency-Key": key or uuid4().hex} if method != "GET" else {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        sent = body if body is not None or method == "GET" else {}
        return self.http.request(method, f"{self.url}/api/v1{path}", json=sent, headers=headers, timeout=SECONDS)

    def do(self, method: str, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """Send one request that must succeed and return its answer."""
        answer = self.ask(method, path, body, version=version)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def bootstrap(self) -> Any:
        """Everything the person may see now."""
        return self.do("GET", "/bootstrap")

    def put(self, text: str, voice: str = "read") -> dict[str, Any]:
        """Ask a question in the room."""
        asked: dict[str, Any] = self.do("POST", "/questions", {"text": text, "voice": voice, "client_id": uuid4().hex})
        return asked

    def question(self, question_id: str) -> dict[str, Any]:
        """One question as the person sees it."""
        found: dict[str, Any] = self.do("GET", f"/questions/{question_id}")
        return found

    def move(self, question_id: str, to: str) -> dict[str, Any]:
        """Take a question to another state, as a host who looked just now."""
        seen = self.question(question_id)["version"]
        moved: dict[str, Any] = self.do("POST", f"/questions/{question_id}/moves", {"to": to}, version=seen)
        return moved

    @property
    def socket_url(self) -> str:
        """Where the person's socket opens."""
        return f"ws{self.url.removeprefix('http')}/api/v1/socket"

    def ticket(self, _name: str = "") -> str:
        """A ticket for one socket."""
        return str(self.do("POST", "/socket-tickets")["ticket"])

    def listen(self) -> LivePanel:
        """Open a socket on everything that the bootstrap names, from where the bootstrap stands."""
        return LivePanel(self)


class LivePanel(PanelClient):
    """The person's socket; ``raw`` keeps every byte that came."""

    def __init__(self, panel: Panel) -> None:
        self.raw: list[str] = []
        self.booted = panel.bootstrap()
        super().__init__(panel, "", origin=panel.origin)
        for channel in self.booted["channels"]:
            self.subscribe(channel["name"], since=channel["seq"])

    def read(self, seconds: float = 5.0) -> Frame:
        """The next frame; TimeoutError when none comes."""
        text = str(self.socket.recv(timeout=seconds))
        self.raw.append(text)
        frame: Frame = json.loads(text)
        frame["at"] = time.monotonic()
        self.frames.append(frame)
        return frame

    def heard(self, name: str) -> list[Frame]:
        """The pushes of this name so far."""
        return [frame for frame in self.frames if frame["type"] == "push" and frame["name"] == name]

    def wait_for_object(self, kind: str, seconds: float = 5.0, **members: Any) -> Frame:
        """Read until an object with these members is pushed (or was already)."""

        def fits(frame: Frame) -> bool:
            found = frame.get("data", {}).get(kind)
            return bool(found) and found.items() >= members.items()

        known = next((frame for frame in self.frames if fits(frame)), None)
        return known or self.wait_until(fits, seconds)
