"""Blueprints of the HTTP API: flask-smorest behind a typed door, all under /api/v1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from plugin.api import problems
from plugin.api.schema import Schema

PREFIX = "/api/v1"

F = TypeVar("F", bound=Callable[..., Any])
SchemaLike = type[Schema] | Schema | None


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """One feature's routes. Decorate in this order: route, limited, writes or authenticated, arguments, response."""

    def route(self, rule: str, *, methods: Sequence[str] = ("GET",), **options: Any) -> Callable[[F], F]:
        """Serve the function at this address below /api/v1."""
        return cast(Callable[[F], F], super().route(rule, methods=list(methods), **options))

    def arguments(self, schema: SchemaLike, *, location: str = "json", **options: Any) -> Callable[[F], F]:
        """Check the body (or the query) against the schema and hand it over as the first argument, a dict."""
        return cast(Callable[[F], F], super().arguments(schema, location=location, **options))

    def response(self, status: int, schema: SchemaLike = None, **options: Any) -> Callable[[F], F]:
        """Say what is answered when it worked, and render it with the schema if there is one."""
        return cast(Callable[[F], F], super().response(status, schema, **options))


def blueprint(name: str, import_name: str, description: str = "") -> Blueprint:
    """Return a blueprint for one feature's routes."""
    return Blueprint(name, import_name, url_prefix=PREFIX, description=description)


class _Api(flask_smorest.Api):  # type: ignore[misc]  # as above
    """flask-smorest, with our way of saying what went wrong."""

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem document."""
        return problems.of_http(error)


def _name_of(schema: Any) -> str:
    """Name a schema in the OpenAPI document by its feature too: two features may both have a ``SettingsBody``."""
    resolved = resolve_schema_cls(schema)
    kind: type = resolved[0] if isinstance(resolved, list) else resolved
    feature = kind.__module__.removeprefix("plugin.").split(".")[0]
    return feature.capitalize() + kind.__name__.lstrip("_").removesuffix("Schema")


def install(app: Flask) -> flask_smorest.Api:
    """Give the app its API and the OpenAPI document at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Sidestage",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    return _Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name_of)})
