"""Blueprints of the HTTP API: flask-smorest behind a typed door, all under /api/v1."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api, Blueprint

PREFIX = "/api/v1"


def blueprint(name: str, import_name: str, description: str = "") -> Blueprint:
    """Return a blueprint for one feature's routes."""
    return Blueprint(name, import_name, url_prefix=PREFIX, description=description)


def install(app: Flask) -> Api:
    """Give the app its API and the OpenAPI document at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Sidestage",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    return Api(app)
