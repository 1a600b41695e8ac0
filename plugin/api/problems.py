"""Every error leaves as application/problem+json with a stable code and a sentence for people."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from plugin.core.errors import AppError, InvalidError, TooManyError, UnavailableError

log = structlog.get_logger(__name__)

_CODES = {
    400: ("bad_request", "This request cannot be understood."),
    401: ("unauthenticated", "Your sign-in has ended. Reload the page to go on."),
    403: ("forbidden", "You may not do this in this room."),
    404: ("not_found", "There is nothing here, or it is not for you."),
    405: ("method_not_allowed", "This address does not take that kind of request."),
    413: ("too_large", "That is too much at once."),
    415: ("unsupported_media_type", "Send JSON, please."),
    422: ("invalid", "Some of this does not fit."),
    429: ("too_many", "That was a little fast. Try again in a moment."),
}


def problem(status: int, code: str, message: str, **details: Any) -> Response:
    """Build a problem document; ``retry_after_seconds`` in the details also becomes the Retry-After header."""
    body = {"type": f"urn:sidestage:problem:{code}", "status": status, "code": code, "detail": message, **details}
    response = Response(json.dumps(body), status=status, content_type="application/problem+json")
    if "retry_after_seconds" in details:
        response.headers["Retry-After"] = str(max(1, round(details["retry_after_seconds"])))
    if status == 503:
        response.headers.setdefault("Retry-After", "2")
    return response


def of_error(error: AppError) -> Response:
    """Render one of our own errors."""
    return problem(error.status, error.code, error.message, **error.details)


def install(app: Flask) -> None:
    """Let every error of this app leave as a problem document."""
    app.register_error_handler(AppError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(SQLAlchemyError, _of_database)
    for kind in (UnicodeEncodeError, OverflowError, DataError):
        app.register_error_handler(kind, _of_unstorable)
    app.register_error_handler(Exception, _of_surprise)


def of_http(error: HTTPException) -> Response:
    """Render an error of the web framework, a failed schema included."""
    status = error.code or 500
    if error.response is not None and status < 400:
        return error.response  # type: ignore[return-value]  # a redirect is not a problem
    fields = getattr(error, "data", {}).get("messages", {}) if status == 422 else {}
    if fields:
        return of_error(InvalidError(_first_sentence(fields), fields=fields.get("json", fields)))
    if status == 429:
        return of_error(TooManyError(retry_after_seconds=_retry_after(error)))
    code, message = _CODES.get(status, ("error", "That did not work."))
    return problem(status, code, message)


def _first_sentence(fields: Any) -> str:
    """Find the first human sentence in marshmallow's nested messages, with the field it belongs to."""
    path: list[str] = []
    while isinstance(fields, dict) and fields:
        key = next(iter(fields))
        path.append(str(key))
        fields = fields[key]
    sentence = str(fields[0]) if isinstance(fields, list) and fields else "This does not fit."
    named = [part for part in path if part not in {"json", "query", "_schema"}]
    return f"{'.'.join(named)}: {sentence}" if named else sentence


def _retry_after(error: HTTPException) -> int:
    limit = getattr(error, "limit", None)
    return int(limit.limit.get_expiry()) if limit is not None else 1


def _of_database(error: SQLAlchemyError) -> Response:
    origin = getattr(error, "orig", None)
    if isinstance(origin, sqlite3.OperationalError) and "full" in str(origin):
        log.error("disk_full")
        return problem(507, "storage_full", "The server's disk is full, so nothing was saved. Tell whoever runs it.")
    if isinstance(error, OperationalError):
        log.error("database_unavailable", kind=type(origin).__name__)
        return of_error(UnavailableError("The database does not answer right now, so nothing was saved. Try again."))
    return _of_surprise(error)


def _of_unstorable(error: Exception) -> Response:
    """Half a character, a NUL, a number beyond all columns: no database takes them, and no keyboard types them."""
    log.warning("unstorable_input", kind=type(error).__name__)
    return of_error(InvalidError("Some of this is no text or number that can be stored."))


def _of_surprise(error: Exception) -> Response:
    log.exception("unexpected_error", kind=type(error).__name__, path=request.url_rule and request.url_rule.rule)
    return problem(500, "unexpected", "Something went wrong on the server, and it has been noted. Nothing was saved.")
