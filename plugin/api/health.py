"""Health: /livez says the process runs, /readyz says whether it can do its work and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, jsonify

from plugin.core.slot import Slot

#: Returns None when fine, else a sentence that says what is wrong.
Check = Callable[[], str | None]

CHECKS: Slot[Mapping[str, Check]] = Slot("health")

blueprint = Blueprint("health", __name__)


def install(app: Flask, checks: Mapping[str, Check]) -> None:
    """Register both addresses with the checks that readiness needs."""
    CHECKS.put(app, checks)
    app.register_blueprint(blueprint)


@blueprint.get("/livez")
def livez() -> Response:
    """Answer that this process is alive."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 when every check passes, else 503 with one sentence for each that does not."""
    failures = {name: sentence for name, check in CHECKS.get().items() if (sentence := check())}
    return jsonify(status="not ready" if failures else "ready", failures=failures), 503 if failures else 200
