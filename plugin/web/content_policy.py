"""What the panel's page may load, connect to and stand in: nothing but its own, and the page of its install."""

from __future__ import annotations

import re

NOBODY = "'none'"
_HOST = re.compile(r"\A[A-Za-z0-9.\-\[\]:]{1,255}\Z")
_ORIGIN = re.compile(r"\Ahttps?://[A-Za-z0-9.\-\[\]:]{1,255}\Z")


def origins(frame_ancestors: str) -> list[str]:
    """Return the exact origins in a `frame-ancestors` value; anything that is not one is left out."""
    return [word for word in frame_ancestors.split() if _ORIGIN.match(word)]


def content_policy(host: str, is_secure: bool, framed_by: list[str]) -> str:
    """Build the Content-Security-Policy of the panel's page.

    The socket's address is named beside `'self'`, which some browsers do not stretch to ws: and wss:.
    """
    socket = f" {'wss' if is_secure else 'ws'}://{host}" if _HOST.match(host) else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": f"'self'{socket}",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
        "frame-ancestors": " ".join(framed_by) or NOBODY,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
