"""Our own tokens: short access tokens, refresh tokens that turn over, guest links. Signed with the server's key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from flask import current_app

from plugin.core.clock import now
from plugin.core.errors import UnauthenticatedError

ISSUER = "sidestage"
ACCESS, GUEST = "sidestage.access", "sidestage.guest"
ALGORITHM = "HS256"
ACCESS_SECONDS = 600
LEEWAY_SECONDS = 30
REFRESH_HOURS = 12
_REQUIRED = ["iss", "aud", "typ", "exp", "jti"]


@dataclass(frozen=True)
class Tokens:
    """What a panel holds, in memory only."""

    access_token: str
    refresh_token: str
    expires_in_seconds: int = ACCESS_SECONDS


def _key() -> str:
    return str(current_app.config["SIDESTAGE_SECRET_KEY"])


def access_token(panel_session_id: str, account_id: str) -> str:
    """Return a token that stands for one open panel for ten minutes.

    What its person may do is read from the database at each use; ``sub`` is only what rate limits count by.
    """
    expires_at = now() + timedelta(seconds=ACCESS_SECONDS)
    return _sign(ACCESS, {"sid": panel_session_id, "sub": account_id, "exp": expires_at})


def panel_session_id_of(access_token: str) -> str:
    """Return which open panel the token stands for; `UnauthenticatedError` when it is not ours, or old."""
    return str(_verify(ACCESS, access_token, ["sid", "exp"])["sid"])


def guest_token(session_id: str) -> str:
    """Return a token that lets guests into one session; the session's end decides how long it lives."""
    return _sign(GUEST, {"sid": session_id, "exp": now() + timedelta(days=30)})


def session_id_of(guest_token: str) -> str:
    """Return which session a guest link opens."""
    return str(_verify(GUEST, guest_token, ["sid"])["sid"])


def _sign(purpose: str, claims: dict[str, Any]) -> str:
    common = {"iss": ISSUER, "aud": purpose, "typ": purpose, "iat": now(), "jti": secrets.token_urlsafe(12)}
    return jwt.encode(common | claims, _key(), algorithm=ALGORITHM, headers={"typ": "JWT"})


def _verify(purpose: str, token: str, required: list[str]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(),
            algorithms=[ALGORITHM],
            audience=purpose,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": _REQUIRED + required},
        )
    except jwt.InvalidTokenError as error:
        raise UnauthenticatedError() from error
    if claims["typ"] != purpose:
        raise UnauthenticatedError()
    return claims


def refresh_token(panel_session_id: str) -> str:
    """Return a new refresh token: which panel, 256 random bits, and a mark by which we know that we made it."""
    secret = secrets.token_urlsafe(32)
    return f"{panel_session_id}.{secret}.{_mark(panel_session_id, secret)}"


def panel_session_id_of_refresh(refresh_token: str) -> str:
    """Return which panel a refresh token of ours belongs to, current or used; anything else is refused."""
    panel_session_id, _, rest = refresh_token.partition(".")
    secret, _, mark = rest.partition(".")
    if not secret or not hmac.compare_digest(mark.encode(), _mark(panel_session_id, secret).encode()):
        raise UnauthenticatedError()
    return panel_session_id


def _mark(panel_session_id: str, secret: str) -> str:
    message = f"refresh\n{panel_session_id}\n{secret}".encode()
    return hmac.new(_key().encode(), message, hashlib.sha256).hexdigest()[:32]


def digest(refresh_token: str) -> str:
    """Return what we keep of a refresh token."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
