"""The backchannel's HTTP routes; its messages are read and written through messaging."""

from __future__ import annotations

from typing import Any

from plugin.api.auth import current_actor
from plugin.api.blueprint import blueprint as make_blueprint
from plugin.api.limits import limited
from plugin.api.writes import writes
from plugin.backchannel import schemas, service, views

blueprint = make_blueprint("backchannel", __name__, description="The hosts' own conversation")


@blueprint.route("/backchannel/settings", methods=["PATCH"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.SettingsBody)
@blueprint.response(200, schemas.SettingsAnswer)
def change_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Let newcomers backstage see what was said before they came, or not; 404 for everybody who is not backstage."""
    return views.settings_view(service.change_settings(current_actor(), **body))
