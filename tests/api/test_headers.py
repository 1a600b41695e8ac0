"""No answer goes out without the headers that keep it to itself."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "address", ["/livez", "/api/v1/bootstrap", "/api/v1/openapi.json", "/nothing/here", "/.well-known/room-plugin.json"]
)
def test_every_answer_is_fenced(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_panel_says_itself_who_may_frame_it(client: FlaskClient) -> None:
    policy = client.get("/panel/ins_unknown").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
