"""Blueprints of the HTTP API: flask-smorest behind a typed door, all under /api/v1."""

from __future__ import annotations

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from plugin.api import problems

PREFIX = "/api/v1"


def blueprint(name: str, import_name: str, description: str = "") -> Blueprint:
    """Return a blueprint for one feature's routes."""
    return Blueprint(name, import_name, url_prefix=PREFIX, description=description)


class _Api(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """flask-smorest, with our way of saying what went wrong."""

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem document."""
        return problems.of_http(error)


def install(app: Flask) -> Api:
    """Give the app its API and the OpenAPI document at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Sidestage",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    return _Api(app)
