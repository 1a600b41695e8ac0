"""A tiny HTTP server that keeps what it is sent, byte for byte."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.servers.waiting import wait_until


@dataclass(frozen=True)
class Delivery:
    """One request as it came: lower-case header names, the raw body, and when."""

    headers: dict[str, str]
    raw: bytes
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def body(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.raw)


class WebhookSink:
    """Answers 200 to every POST and remembers it."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.deliveries))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to send."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> WebhookSink:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def of(self, room: str, event: str, identity: str | None = None) -> list[Delivery]:
        """What came about one room of LiveKit, in the order of arrival."""
        return [delivery for delivery in self.deliveries if _is_about(delivery.body, room, event, identity)]

    def wait_for(self, room: str, event: str, identity: str | None = None) -> Delivery:
        """Return the newest such delivery once there is one."""
        told = f"the webhook {event} of {identity or 'the room'} in {room}"
        wait_until(lambda: self.of(room, event, identity), told, 15)
        return self.of(room, event, identity)[-1]


def _is_about(body: Any, room: str, event: str, identity: str | None) -> bool:
    someone = body.get("participant", {}).get("identity")
    return body["event"] == event and body["room"]["name"] == room and (identity is None or someone == identity)


def _handler(deliveries: list[Delivery]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            deliveries.append(Delivery({name.lower(): value for name, value in self.headers.items()}, raw))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Tests read deliveries, not a log."""

    return Handler
