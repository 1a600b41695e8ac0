"""The doors for audio servers: their events come in, hosts install us, and our manifest is read."""

from __future__ import annotations

import json
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from marshmallow import fields, validate

from plugin.api.blueprint import blueprint as api_blueprint
from plugin.api.limits import limited
from plugin.api.schema import Schema
from plugin.api.writes import writes
from plugin.core.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from plugin.core.unit_of_work import unit_of_work
from plugin.manifest import manifest, schema
from plugin.platforms import installs, sightings, signature
from plugin.platforms.adapter import BadSignatureError, MalformedEventError, SecretKind
from plugin.platforms.models import Install
from plugin.platforms.offers import Offer, actions_among, missing_events
from plugin.platforms.registry import connection, current_registry
from plugin.rooms import events as room_events

log = structlog.get_logger(__name__)

#: LiveKit repeats the metadata of room and person in its events, up to 64,000 characters each, escaped.
MAX_EVENT_BYTES = 512 * 1024

#: Addresses outside the API: hooks, the manifest and its schema.
hooks = Blueprint("platform_hooks", __name__)
blueprint = api_blueprint("installs", __name__, description="Attaching an audio server")


class BadWebhookSignatureError(UnauthenticatedError):
    """The webhook does not come from the server of this install."""

    code = "bad_signature"
    message = "The signature does not fit the body, the secret or the time. Nothing was read."


@hooks.post("/hooks/<install_id>/<kind>")
@limited("300 per second")
def receive_events(install_id: str, kind: str) -> Response:
    """Take events from an audio server: verified on the raw body, a repeat answered as such."""
    install = installs.get(install_id)
    if install.kind != kind:
        raise NotFoundError()
    request.max_content_length = MAX_EVENT_BYTES
    raw = request.get_data(cache=False)
    try:
        found = current_registry().adapter(install).parse_events(lower_case_headers(), raw)
    except BadSignatureError as error:
        raise _refused(install_id, error) from error
    except MalformedEventError as error:
        raise InvalidError(error.message, code="malformed_event") from error
    with unit_of_work():
        count = room_events.receive(install_id, found)
    sightings.note_event(install_id)
    return jsonify(received=count, duplicate=bool(found) and count == 0)


class _OfferedSchema(Schema):
    identity = fields.List(fields.String(validate=validate.Length(max=40)), load_default=["host_jwt"])
    events = fields.List(fields.String(validate=validate.Length(max=60)), load_default=[])
    actions = fields.List(fields.String(validate=validate.Length(max=60)), load_default=[])
    surfaces = fields.List(fields.String(validate=validate.Length(max=40)), load_default=[])


class _PlatformSchema(Schema):
    kind = fields.String(validate=validate.Length(max=40), load_default="custom")
    version = fields.String(validate=validate.Length(max=40), load_default="")


class OfferSchema(Schema):
    """What a host sends to install us."""

    setup_code = fields.String(required=True, validate=validate.Length(min=6, max=60))
    host_id = fields.String(required=True, validate=validate.Length(min=1, max=300))
    platform = fields.Nested(_PlatformSchema, load_default={})
    origin = fields.String(required=True, validate=validate.Length(max=300))
    action_url = fields.String(required=True, validate=validate.Length(max=500))
    offers = fields.Nested(_OfferedSchema, required=True)


class InstalledSchema(Schema):
    """What the host gets back: its addresses and its three secrets, shown this once."""

    install_id = fields.String()
    status = fields.String()
    event_url = fields.String()
    panel_url = fields.String()
    embed_url = fields.String()
    event_secret = fields.String()
    action_secret = fields.String()
    panel_secret = fields.String()
    granted_actions = fields.List(fields.String())
    missing_events = fields.List(fields.String())


@blueprint.route("/installs", methods=["POST"])
@limited("10 per minute")
@writes(public=True)
@blueprint.arguments(OfferSchema)
@blueprint.response(201, InstalledSchema)
def create_install(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Trade a one-time setup code for an install."""
    offers = body["offers"]
    install = installs.accept(
        Offer(
            setup_code=body["setup_code"],
            host_id=body["host_id"],
            origin=body["origin"],
            action_url=body["action_url"],
            events=tuple(offers["events"]),
            actions=tuple(offers["actions"]),
            identity=tuple(offers["identity"]),
        )
    )
    return _installed(install), {"Cache-Control": "no-store"}


class ChecksSchema(Schema):
    """Which directions were seen to work."""

    events = fields.Boolean()
    actions = fields.Boolean()


class VerifiedSchema(Schema):
    """How far the install has come."""

    install_id = fields.String()
    status = fields.String()
    checks = fields.Nested(ChecksSchema)
    granted_actions = fields.List(fields.String())
    missing_events = fields.List(fields.String())


@blueprint.route("/installs/<install_id>/verify", methods=["POST"])
@limited("30 per minute")
@blueprint.response(200, VerifiedSchema)
def verify_install(install_id: str) -> dict[str, Any]:
    """Try the action side now and say what was seen of both; 409 while something is missing. Signed by the host."""
    _ensure_signed(install_id, "install.verify")
    seen = installs.verify(install_id)
    checks = {"events": seen.has_event, "actions": seen.has_action}
    if not all(checks.values()):
        raise ConflictError(
            seen.problem or "No signed event has come yet. Send one, then ask again.",
            code="install_pending",
            checks=checks,
            install_status=seen.status.value,
        )
    return {
        "install_id": seen.install_id,
        "status": seen.status.value,
        "checks": checks,
        "granted_actions": actions_among(seen.granted_actions),
        "missing_events": seen.missing_events,
    }


@blueprint.route("/installs/<install_id>", methods=["DELETE"])
@limited("30 per minute")
@blueprint.response(204)
def delete_install(install_id: str) -> None:
    """Let the server go. Signed by the host."""
    _ensure_signed(install_id, "install.delete")
    with unit_of_work():
        installs.disable(install_id)


@hooks.get("/.well-known/room-plugin.json")
def read_manifest() -> Response:
    """Say what this plugin offers and asks, with the addresses of this server."""
    base_url = current_registry().settings.public_url
    document = {**manifest().document, "$schema": f"{base_url}/schemas/plugin-1.json", "base_url": base_url}
    return jsonify(document)


@hooks.get("/schemas/plugin-1.json")
def read_schema() -> Response:
    """Give the JSON Schema that manifests are checked against."""
    return jsonify(schema())


def lower_case_headers() -> dict[str, str]:
    """Return this request's headers as adapters and signatures read them."""
    return {name.lower(): value for name, value in request.headers.items()}


def _refused(install_id: str, error: BadSignatureError) -> BadWebhookSignatureError:
    sightings.note_refusal(install_id, error.reason)
    log.warning("webhook_refused", install_id=install_id, reason_code=error.reason)
    return BadWebhookSignatureError()


def _ensure_signed(install_id: str, purpose: str) -> None:
    """Only who holds the install's events secret may ask about it or remove it.

    The signature covers no address, so the body says what it is for: a captured event cannot be sent here instead.
    """
    secrets = connection(installs.get(install_id)).secrets[SecretKind.EVENTS]
    raw = request.get_data(cache=True)
    try:
        signature.verify(secrets, lower_case_headers(), raw)
    except BadSignatureError as error:
        raise _refused(install_id, error) from error
    if raw != json.dumps({"type": purpose}, separators=(",", ":")).encode():
        raise InvalidError(f'The body must be {{"type":"{purpose}"}}, to the byte.', code="wrong_purpose")


def _installed(install: Install) -> dict[str, Any]:
    registry = current_registry()
    secrets = connection(install).secrets
    return {
        "install_id": install.id,
        "status": install.status,
        "event_url": registry.hook_url(install),
        "panel_url": f"{registry.settings.public_url}/panel/{install.id}",
        "embed_url": f"{registry.settings.public_url}/embed.js",
        "event_secret": secrets[SecretKind.EVENTS][0],
        "action_secret": secrets[SecretKind.ACTIONS][0],
        "panel_secret": secrets[SecretKind.PANEL][0],
        "granted_actions": actions_among(install.granted_actions),
        "missing_events": missing_events(install.offered_events),
    }
