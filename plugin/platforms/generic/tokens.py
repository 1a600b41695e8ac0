"""Panel tokens of a host (``host_jwt``): short-lived, single use, for one install and one room."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.text import clean_line
from plugin.platforms.adapter import BadTokenError
from plugin.platforms.base64_text import has_one_spelling
from plugin.rooms.ports import Identity

ALGORITHM = "HS256"
MAX_TTL_SECONDS = 120
LEEWAY_SECONDS = 30
MAX_TOKEN_LENGTH = 4096
REQUIRED_CLAIMS = ("iss", "aud", "sub", "name", "room", "role", "iat", "exp", "jti")


def mint(
    secret: str,
    *,
    install_id: str,
    issuer: str,
    room: str,
    user_id: str,
    name: str,
    role: Role,
    ttl_seconds: int = 60,
    **optional: Any,
) -> str:
    """Sign a token as a host would; ``optional`` are the claims that the manifest names as optional."""
    issued_at = now()
    claims = {
        "iss": issuer,
        "aud": install_id,
        "sub": user_id,
        "name": name,
        "room": room,
        "role": role.value,
        "iat": issued_at,
        "exp": issued_at + timedelta(seconds=ttl_seconds),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims | optional, secret, algorithm=ALGORITHM)


def verify(token: str, valid_secrets: Sequence[str], *, install_id: str, issuer: str, room: str) -> Identity:
    """Return who the token names; `BadTokenError` with a code that says what is wrong with it."""
    if len(token) > MAX_TOKEN_LENGTH or not has_one_spelling(token.rpartition(".")[2], is_urlsafe=True):
        raise BadTokenError(code="bad_panel_token")
    claims = _genuine_claims(token, valid_secrets, install_id, issuer)
    _ensure_short_lived(claims)
    if claims["room"] != room:
        raise BadTokenError(code="wrong_room")
    return _identity(claims)


def _genuine_claims(token: str, valid_secrets: Sequence[str], install_id: str, issuer: str) -> Mapping[str, Any]:
    for secret in valid_secrets:
        try:
            return jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=install_id,
                issuer=issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED_CLAIMS), "strict_aud": True},
            )
        except jwt.InvalidSignatureError:
            continue  # the former secret may still count
        except jwt.ExpiredSignatureError as error:
            raise BadTokenError(code="expired_panel_token") from error
        except jwt.InvalidTokenError as error:
            raise BadTokenError(code="bad_panel_token") from error
    raise BadTokenError(code="bad_panel_token")


def _ensure_short_lived(claims: Mapping[str, Any]) -> None:
    issued_at, expires_at = claims["iat"], claims["exp"]
    if not 0 < expires_at - issued_at <= MAX_TTL_SECONDS:
        raise BadTokenError(code="panel_token_lives_too_long")


def _identity(claims: Mapping[str, Any]) -> Identity:
    try:
        role = Role(claims["role"])
    except ValueError as error:
        raise BadTokenError(code="unknown_role") from error
    name = clean_line(_text(claims, "name", 300))
    return Identity(
        platform_user_id=_text(claims, "sub", 255),
        name=name[:120] or "Somebody",
        room=_text(claims, "room", 255),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY_SECONDS),
        role=role,
        can_speak=_flag(claims, "can_speak", None),
        is_guest=bool(_flag(claims, "is_guest", False)),
        is_platform_moderator=bool(_flag(claims, "is_platform_moderator", False)),
        avatar_url=_text(claims, "avatar_url", 500) if claims.get("avatar_url") else None,
        locale=_text(claims, "locale", 35) if claims.get("locale") else None,
        token_id=_text(claims, "jti", 255),
    )


def _text(claims: Mapping[str, Any], name: str, max_length: int) -> str:
    value = claims[name]
    if not isinstance(value, str) or not value.strip() or len(value) > max_length:
        raise BadTokenError(code="bad_panel_token")
    return value


def _flag(claims: Mapping[str, Any], name: str, default: bool | None) -> bool | None:
    value = claims.get(name, default)
    if value is not None and not isinstance(value, bool):
        raise BadTokenError(code="bad_panel_token")
    return value
