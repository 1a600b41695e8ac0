"""Where a worker's actions reach the functions of the host that we are attached to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from plugin.api.limits import limited
from plugin.core.errors import InvalidError, NotFoundError
from plugin.platforms import installs, sightings, signature
from plugin.platforms.adapter import BadSignatureError, SecretKind
from plugin.platforms.host import BRIDGE
from plugin.platforms.registry import connection
from plugin.platforms.routes import BadWebhookSignatureError, lower_case_headers
from plugin.rooms.ports import Capability

blueprint = Blueprint("host_actions", __name__)


@blueprint.post("/host-actions/<install_id>")
@limited("300 per second")
def take_action(install_id: str) -> Response:
    """Check that the action comes from our own worker, then let the host's function do it."""
    bridge, install = BRIDGE.get(), installs.get(install_id)
    if install.id != bridge.install_id:
        raise NotFoundError()
    secrets = connection(install).secrets[SecretKind.ACTIONS]
    try:
        signature.verify(secrets, lower_case_headers(), request.get_data(cache=True))
    except BadSignatureError as error:
        sightings.note_refusal(install_id, error.reason)
        raise BadWebhookSignatureError() from error
    action = _action()
    if action["type"] == "plugin.verify":
        return jsonify(response=signature.challenge_response(secrets[0], str(action.get("challenge"))))
    if action["type"] not in {capability.value for capability in Capability}:
        raise InvalidError("There is no such action.", code="unknown_action")
    return jsonify(bridge.perform(Capability(action["type"]), action))


def _action() -> dict[str, Any]:
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise InvalidError("An action is a JSON object with a type.", code="malformed_action")
    return found
