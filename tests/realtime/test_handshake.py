"""Strangers' pages and stale tickets are turned away before the upgrade."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from plugin.realtime.tickets import LIFETIME_SECONDS, Tickets
from tests.realtime.conftest import StartWeb
from tests.realtime.panel_client import open_socket
from tests.realtime.stand_in import ORIGIN
from tests.realtime.web_process import WebProcess

pytestmark = pytest.mark.redis


def refusal(web: WebProcess, ticket: str | None, origin: str | None = ORIGIN) -> str:
    """Knock, be refused with 403, and return the problem's code."""
    with pytest.raises(InvalidStatus) as caught:
        open_socket(web.socket_url, ticket, origin)
    response = caught.value.response
    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.body is not None
    return str(json.loads(response.body)["code"])


def accepted(web: WebProcess, ticket: str, origin: str = ORIGIN) -> ClientConnection:
    """Knock and be let in."""
    return open_socket(web.socket_url, ticket, origin)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "https://panel.test",
        "http://panel.test:81",
        "http://panel.test.evil.example",
        "http://evil.example/http://panel.test",
        "http://evilpanel.test",
        "http://panel.tes",
        "http://panel.test@evil.example",
        "http://sub.panel.test",
        "file://",
    ],
)
def test_a_page_of_another_origin_is_refused(web: WebProcess, origin: str | None) -> None:
    assert refusal(web, web.ticket("lina"), origin) == "bad_origin"


def test_our_own_origin_is_let_in_however_it_is_spelled(web: WebProcess) -> None:
    with ExitStack() as stack:
        for origin in (ORIGIN, "http://PANEL.test", "http://panel.test:80"):
            stack.callback(accepted(web, web.ticket("lina"), origin).close)


def test_a_refused_page_does_not_use_the_ticket_up(web: WebProcess) -> None:
    ticket = web.ticket("lina")
    assert refusal(web, ticket, "http://evil.example") == "bad_origin"
    accepted(web, ticket).close()


def test_a_ticket_opens_one_socket_in_any_process(start_web: StartWeb) -> None:
    first, second = start_web(), start_web()
    ticket = first.ticket("lina")
    accepted(first, ticket).close()
    assert refusal(first, ticket) == "bad_ticket"
    assert refusal(second, ticket) == "bad_ticket"


def test_foreign_changed_and_missing_tickets_are_refused(web: WebProcess) -> None:
    foreign = Tickets("another key", None, "").issue("pse_lina", "acc_lina")
    ours = web.ticket("lina")
    for ticket in (foreign, ("A" if ours[0] != "A" else "B") + ours[1:], "x", None):
        assert refusal(web, ticket) == "bad_ticket"


def test_a_ticket_dies_after_a_minute(web: WebProcess) -> None:
    tickets = Tickets("stand-in", None, "")
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=LIFETIME_SECONDS + 2)):
        old = tickets.issue("pse_lina", "acc_lina")
    assert refusal(web, old) == "bad_ticket"
    accepted(web, tickets.issue("pse_lina", "acc_lina")).close()


def test_tickets_need_a_sign_in(web: WebProcess) -> None:
    with pytest.raises(Exception, match="401"):
        web.post("/api/v1/socket-tickets")
    with pytest.raises(Exception, match="401"):
        web.ticket("nadia")


def test_the_log_tells_of_handshakes_and_never_a_ticket(web: WebProcess) -> None:
    good, bad = web.ticket("lina"), web.ticket("lina")
    accepted(web, good).close()
    refusal(web, bad, "http://evil.example")
    log = web.process.log()
    assert '"event": "socket_opened"' in log and '"event": "socket_refused"' in log
    assert '"GET /api/v1/socket HTTP/1.1" 101' not in log
    assert "500" not in log.replace(str(web.port), "")
    assert good not in log and bad not in log
