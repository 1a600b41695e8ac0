"""The HTTP routes of the door: sign in with the audio server's token or as a guest, refresh, sign out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, current_app

from plugin.api import problems
from plugin.api.auth import bearer_token, current_actor
from plugin.api.blueprint import blueprint as new_blueprint
from plugin.api.limits import limited
from plugin.api.writes import writes
from plugin.core.errors import UnauthenticatedError
from plugin.rooms import access, guests, schemas
from plugin.rooms.ports import current_ports

View = dict[str, Any]

# Before sign-in, limits count by address, and a whole hall of listeners may sit behind one.
blueprint = new_blueprint("door", __name__, "Sign in, stay signed in, sign out.")


@blueprint.route("/panel-sessions", methods=["POST"])
@limited("600 per minute")
@writes(public=True)
@blueprint.arguments(schemas.PanelSignIn)
@blueprint.response(201, schemas.TokensAnswer)
def sign_in(body: View) -> View:
    """Open a panel with a token of the audio server."""
    identity = current_ports().platforms.identity(body["install_id"], body["token"], body["room"])
    return asdict(access.sign_in(body["install_id"], identity, guest_access_token=body["guest_access_token"]))


@blueprint.route("/panel-sessions/refresh", methods=["POST"])
@limited("600 per minute")
@writes(public=True)
@blueprint.arguments(schemas.RefreshBody)
@blueprint.response(200, schemas.TokensAnswer)
def refresh(body: View) -> View | Response:
    """Turn a refresh token over; using one twice closes its panel."""
    tokens = access.refresh(body["refresh_token"])
    if tokens is None:  # answered, not raised: an error would roll the closing of the panel back
        return problems.of_error(UnauthenticatedError())
    return asdict(tokens)


@blueprint.route("/panel-sessions/current", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(204)
def sign_out() -> None:
    """Close this panel."""
    access.close_panel(bearer_token())


@blueprint.route("/guest-links", methods=["POST"])
@limited("20 per minute")
@writes
@blueprint.response(201, schemas.GuestLinkAnswer)
def make_guest_link() -> View:
    """Make a link that lets guests into this session."""
    token = guests.invite_guests(current_actor())
    base = str(current_app.config["SIDESTAGE_SETTINGS"].public_url)
    return {"guest_token": token, "url": f"{base}/guest#token={token}"}


@blueprint.route("/guest-sessions", methods=["POST"])
@limited("120 per minute")
@writes(public=True)
@blueprint.arguments(schemas.GuestSignIn)
@blueprint.response(201, schemas.TokensAnswer)
def sign_in_as_guest(body: View) -> View:
    """Open a panel under a name of one's own."""
    return asdict(access.open_panel(guests.enter(body["guest_token"], body["name"])))
