"""Versions of things: a change names the version it was made from, so nobody's work is lost."""

from __future__ import annotations

from flask import request

from plugin.core.errors import InvalidError


def if_match() -> int | None:
    """Return the version in ``If-Match: "3"``, or None when the caller did not say."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    digits = header.removeprefix("W/").strip('"')
    if not digits.isdigit():
        raise InvalidError('If-Match takes a version in quotes, e.g. "3".', code="bad_version")
    return int(digits)
