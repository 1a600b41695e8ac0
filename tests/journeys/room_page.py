"""The page of a site with LiveKit rooms, as docs/adapters/livekit.md has it: it embeds the panel, gives it tokens."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Our audio room</title>
<style>html, body {{ height: 100%; margin: 0 }} #sidestage {{ height: 100% }}</style>
<div id="sidestage"></div>
<script src="{sidestage}/embed.js"></script>
<script>
  Sidestage.mount(document.getElementById("sidestage"), {{
    panelUrl: "{sidestage}/panel/{install_id}",
    room: "{room}",
    getToken: () => fetch("/token?who={who}").then((answer) => answer.text()),
  }});
</script></html>"""


class RoomPage:
    """Serves one page for each person; what it serves is said by `show`."""

    def __init__(self) -> None:
        self._pages: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def origin(self) -> str:
        """The site's address, which the install knows."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def show(self, who: str, token: str, *, sidestage: str, install_id: str, room: str) -> str:
        """Have a page for this person and return its address."""
        self._pages[who] = PAGE.format(who=who, sidestage=sidestage, install_id=install_id, room=room)
        self._tokens[who] = token
        return f"{self.origin}/room?who={who}"

    def __enter__(self) -> RoomPage:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                who = parse_qs(parts.query).get("who", [""])[0]
                kind, found = {
                    "/room": ("text/html", site._pages.get(who)),
                    "/token": ("text/plain", site._tokens.get(who)),
                }.get(parts.path, ("text/plain", None))
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write((found or "").encode())

            def log_message(self, *_: object) -> None:
                """Tests read pages, not a log."""

        return Handler
