"""A person's panel without the browser: signs in with a room token and speaks the HTTP API."""

from __future__ import annotations

import uuid
from typing import Any

import requests


class PanelClient:
    """One person signed in to one room session."""

    def __init__(self, url: str, install_id: str, room: str, token: str) -> None:
        self._api = f"{url}/api/v1"
        self._http = requests.Session()
        body = {"install_id": install_id, "room": room, "token": token}
        self._http.headers["Authorization"] = f"Bearer {self.post('/panel-sessions', body)['access_token']}"

    def bootstrap(self) -> Any:
        """Everything the person may see now."""
        return self._answer("GET", "/bootstrap")

    def post(self, path: str, body: Any = None, version: int | None = None) -> Any:
        """Change something; ``version`` is what the person saw."""
        return self._answer("POST", path, body if body is not None else {}, version)

    def participant(self, name: str) -> dict[str, Any]:
        """What the panel says of a person by name; nothing when it does not name them."""
        return next((one for one in self.bootstrap()["participants"] if one["name"] == name), {})

    def question(self, question_id: str) -> dict[str, Any]:
        """One question as the person sees it."""
        found: dict[str, Any] = self._answer("GET", f"/questions/{question_id}")
        return found

    def turns(self) -> list[dict[str, Any]]:
        """The stage turns that the person sees."""
        found: list[dict[str, Any]] = self.bootstrap()["turns"]
        return found

    def _answer(self, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._http.request(method, self._api + path, json=body, headers=headers, timeout=15)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
