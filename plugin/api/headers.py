"""Headers that every answer carries unless its own route says something stricter or more fitting."""

from __future__ import annotations

from flask import Flask, Response

DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    """Add the headers to every answer of this app."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in DEFAULTS.items():
        response.headers.setdefault(name, value)
    return response
