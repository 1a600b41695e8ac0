"""A real Chromium, the panel's real page, and a watch over everything that must never happen in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from plugin.web.routes import panel_blueprint
from tests.browser.watched_page import WatchedPage
from tests.servers.ports import free_port

HOST_PAGE = """<!doctype html><html lang="en"><title>Audio room</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>html, body { height: 100%; margin: 0; background: Canvas }
#panel { height: {{ "600px" if layout == "inline" else "auto" }} } body > a { display: block; padding: 8px }</style>
<body><h1>Our audio room</h1><div id="panel"></div><a href="#after">After the panel</a>
<script src="{{ panel_url }}/embed.js"></script>
<script>
let asked = 0;
const mounted = Sidestage.mount(document.getElementById("panel"), {
  panelUrl: "{{ panel_url }}/panel/ins_framed", room: "ama", theme: "{{ theme }}",
  layout: "{{ layout }}", sheet: { leaveFree: {{ leave_free }} },
  getToken: () => `token-${++asked}`,
});
</script></body></html>"""


class QuietHandler(WSGIRequestHandler):
    """Serves without a line for each file."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of a server with nothing but the panel's page, and a page that frames it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = Flask("gallery", static_folder=None)
    app.register_blueprint(panel_blueprint(lambda install: url if install == "ins_framed" else "'none'"))

    @app.get("/host-page")
    def host_page() -> str:
        wishes = {"layout": "inline", "leave_free": "0", "theme": "light"} | request.args.to_dict()
        return render_template_string(HOST_PAGE, panel_url=url, **wishes)

    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Callable[..., WatchedPage]]:
    """Open pages that are looked after: at the end, no error, no violation, no request to anybody else."""
    pages: list[WatchedPage] = []

    def open_page(**context: Any) -> WatchedPage:
        pages.append(WatchedPage(chromium.new_context(**context)))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
    for page in pages:
        assert page.complaints == []
