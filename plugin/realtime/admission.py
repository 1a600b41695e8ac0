"""Who may open a socket: origin and ticket are checked in the ordinary request, before any upgrade."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Request

from plugin.core.errors import ForbiddenError
from plugin.realtime.parking import ensure_can_park
from plugin.realtime.protocol import SUBPROTOCOL, TICKET_PREFIX
from plugin.realtime.runtime import Realtime
from plugin.realtime.tickets import BadTicketError, Ticket

_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadOriginError(ForbiddenError):
    """The page that opens the socket is not one this installation knows."""

    code = "bad_origin"
    message = "Sockets may only be opened by pages of this installation."


def admit(realtime: Realtime, request: Request) -> Ticket:
    """Return the ticket of somebody who may come in, used up; raises an `AppError` for everybody else.

    Afterwards the request no longer offers compression, nor shows the ticket to anybody who comes later.
    """
    ensure_can_park(request.environ)
    ticket = realtime.tickets.read(_take_ticket(request))
    ensure_origin(request.headers.get("Origin"), realtime.settings.allowed_origins(ticket.panel_session_id))
    realtime.tickets.use_up(ticket)
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return ticket


def _take_ticket(request: Request) -> str:
    offered = [one.strip() for one in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    tickets = [one.removeprefix(TICKET_PREFIX) for one in offered if one.startswith(TICKET_PREFIX)]
    if SUBPROTOCOL not in offered or len(tickets) != 1:
        raise BadTicketError()
    request.environ["HTTP_SEC_WEBSOCKET_PROTOCOL"] = SUBPROTOCOL
    return tickets[0]


def ensure_origin(origin: str | None, allowed: Collection[str]) -> None:
    """Refuse a page whose origin is missing, opaque (``null``) or not in the list; raises `BadOriginError`."""
    wanted = _normal(origin or "")
    if wanted is None or wanted not in {_normal(one) for one in allowed}:
        raise BadOriginError()


def _normal(origin: str) -> tuple[str, str, int] | None:
    """Take an origin apart so that spelling does not matter; None for what is no origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    has_more = parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None
    if not parts.hostname or port is None or has_more:
        return None
    return parts.scheme, parts.hostname, port
