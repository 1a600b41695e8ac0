"""Reads a signed LiveKit token strictly: one algorithm, our own keys, one spelling, an end."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import jwt

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
MAX_CHARS = 8_192


class RefusedTokenError(Exception):
    """Not a token of this server; ``reason`` is a short stable word for an audit line and says nothing secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(token: str, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the claims of a token signed with one of ``keys`` (API key → secret); `RefusedTokenError` otherwise."""
    if not token:
        raise RefusedTokenError("missing")
    if len(token) > MAX_CHARS:
        raise RefusedTokenError("too_long")
    _ensure_one_spelling(token)
    key = _issuer(token)
    if key not in keys:
        raise RefusedTokenError("unknown_key")
    try:
        return jwt.decode(
            token,
            keys[key],
            algorithms=[ALGORITHM],
            issuer=key,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise RefusedTokenError("expired") from error
    except jwt.ImmatureSignatureError as error:
        raise RefusedTokenError("not_yet_valid") from error
    except jwt.PyJWTError as error:
        raise RefusedTokenError("bad_signature") from error


def _ensure_one_spelling(token: str) -> None:
    # Base64 decoders skip foreign characters and ignore spare bits, so one signature has many spellings. We take one.
    signature = token.rpartition(".")[2]
    try:
        decoded = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError as error:
        raise RefusedTokenError("malformed") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != signature.encode("utf-8", "replace"):
        raise RefusedTokenError("malformed")


def _issuer(token: str) -> str:
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise RefusedTokenError("malformed") from error
    if not isinstance(issuer, str):
        raise RefusedTokenError("malformed")
    return issuer
