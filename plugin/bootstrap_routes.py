"""The panel's first question: everything it needs to draw itself, in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as api_blueprint
from plugin.api.limits import limited
from plugin.features import bootstrap

blueprint = api_blueprint("bootstrap", __name__, "What a panel needs to start.")


@blueprint.route("/bootstrap")
@limited("60 per minute")
@authenticated
@blueprint.response(200)
def show_everything() -> Mapping[str, Any]:
    """Answer with the room, its people, the stage and every feature's part, as this person may see them."""
    return bootstrap(current_actor())
