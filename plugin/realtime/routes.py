"""The two doors of the socket: a ticket over HTTP, and the handshake that takes it."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, g, request
from flask_sock import Sock
from marshmallow import fields

from plugin.api import auth, problems
from plugin.api.blueprint import PREFIX
from plugin.api.blueprint import blueprint as api_blueprint
from plugin.api.limits import limited, limiter
from plugin.api.schema import Schema
from plugin.core.errors import AppError
from plugin.realtime import parking, tickets
from plugin.realtime.admission import admit
from plugin.realtime.runtime import current_realtime

log = structlog.get_logger(__name__)

blueprint = api_blueprint("socket-tickets", __name__, "Tickets for the socket, see docs/protocol.md.")
socket_blueprint = Blueprint("socket", __name__, url_prefix=PREFIX)
_sock = Sock()


class TicketSchema(Schema):
    """A ticket for one socket."""

    ticket = fields.String(required=True)
    expires_in_seconds = fields.Integer(required=True)


@blueprint.route("/socket-tickets", methods=["POST"])
@limited("60 per minute")
@auth.authenticated
@blueprint.response(201, TicketSchema)
def issue_ticket() -> dict[str, object]:
    """Give a ticket that opens one socket within a minute."""
    realtime = current_realtime()
    session_id = realtime.settings.session_of_token(auth.bearer_token())
    ticket = realtime.tickets.issue(session_id, auth.current_actor().account_id)
    return {"ticket": ticket, "expires_in_seconds": tickets.LIFETIME_SECONDS}


@socket_blueprint.before_request
def check_admission() -> Response | None:
    """Refuse before the upgrade: flask-sock itself would shake hands with anybody."""
    try:
        g.sidestage_ticket = admit(current_realtime(), request)
    except AppError as error:
        log.info("socket_refused", path=request.path, status=error.status, code=error.code)
        return problems.of_error(error)
    return None


@_sock.route("/socket", bp=socket_blueprint)  # type: ignore[untyped-decorator]  # flask-sock has no types
def open_socket(websocket: object) -> None:
    """Park the socket with the reactor; the request ends here, the socket stays."""
    sock = parking.detach(websocket)
    current_realtime().adopt(sock, g.sidestage_ticket)
    # Handshakes do not reach the web server's access log; the ticket never reaches any.
    log.info("socket_opened", path=request.path, status=101, remote_address=request.remote_addr)


limiter.exempt(socket_blueprint)
