"""The panel's server on paper: answers written down beforehand, frames sent by hand, so that any state can be drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from tests.browser.rooms_on_paper import SESSION, Json, copied

TOKENS: Json = {"access_token": "secret-access", "refresh_token": "secret-refresh", "expires_in_seconds": 600}
Answer = tuple[int, Any]


class PaperServer:
    """Answers one page's requests. ``answers`` overrides one path; ``asked`` and ``reads`` list what was wanted."""

    def __init__(self, page: Page, room: Json) -> None:
        self.page = page
        self.room = copied(room)
        self.asked: list[tuple[str, str, Any]] = []
        self.reads: list[str] = []
        self.answers: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.is_away = False
        self.is_followed = False
        self.seq = 0
        self.sockets: list[WebSocketRoute] = []
        page.route("**/api/v1/**", self._answer)
        page.route_web_socket(re.compile(r".*/api/v1/socket"), self._connected)

    def _answer(self, route: Route) -> None:
        path = route.request.url.split("/api/v1", 1)[1].split("?")[0]
        body = json.loads(route.request.post_data or "null")
        if self.is_away:
            route.abort("internetdisconnected")
            return
        if route.request.method != "GET":
            self.asked.append((route.request.method, path, body))
        else:
            self.reads.append(path)
        found = self.answers.get(path, (200, self._usual(path)))
        status, answer = found(body) if callable(found) else found
        route.fulfill(status=status, json=answer)

    def _usual(self, path: str) -> Any:
        if path in {"/panel-sessions", "/guest-sessions", "/panel-sessions/refresh"}:
            return TOKENS
        if path == "/bootstrap":
            return self.room
        return {"ticket": "once", "expires_in_seconds": 60} if path == "/socket-tickets" else {}

    def _connected(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        if self.is_away:
            socket.close(code=1012)
            return
        socket.on_message(lambda text: self._heard(socket, json.loads(str(text))))

    def _heard(self, socket: WebSocketRoute, frame: Json) -> None:
        if frame["type"] == "hello":
            self._send(socket, {"type": "welcome", "version": 1, "heartbeat_seconds": 20})
        self.is_followed = self.is_followed or frame["type"] == "subscribe"
        for channel in frame.get("channels", []):
            self._send(socket, {"type": "subscribed", "channel": channel["name"], "seq": channel["seq"] or 0})

    @staticmethod
    def _send(socket: WebSocketRoute, frame: Json) -> None:
        socket.send(json.dumps(frame))

    def push(self, *, name: str = "test", channel: str | None = None, **data: Any) -> None:
        """Tell the page one change."""
        self.seq += 1
        frame = {
            "type": "push",
            "channel": channel or f"audience:{SESSION}",
            "seq": self.seq,
            "name": name,
            "data": data,
        }
        self._send(self.sockets[-1], frame)

    def go_away(self) -> None:
        """Be unreachable from now on."""
        self.is_away = True
        self.sockets[-1].close(code=1012)

    def come_back(self) -> None:
        """Be there again."""
        self.is_away = False

    def written(self, path: str) -> list[Any]:
        """Return the bodies that were sent to this path."""
        return [body for _, asked, body in self.asked if asked == path]
