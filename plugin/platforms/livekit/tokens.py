"""LiveKit's access tokens: read when a page shows one, made for a minute when we ask the server for something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from plugin.core import clock
from plugin.core.actor import Role
from plugin.platforms.adapter import BadTokenError
from plugin.platforms.livekit import jwt_text
from plugin.rooms.ports import Identity

OWN_TOKEN_SECONDS = 60
ROLE_CLAIM = "sidestage_role"

_ROLES = {"host": Role.HOST, "cohost": Role.COHOST}
_PEOPLE = frozenset({"", "standard", "sip"})
_MACHINE_GRANTS = ("hidden", "recorder", "agent")
_END_OF_TIME = 253_402_300_799  # the last second a datetime can hold
_EXPIRED = "Your sign-in to the audio room has ended. Join the room again, then open the panel."


def identity(token: str, keys: Mapping[str, str], room: str) -> Identity:
    """Return the person a join token names, if it opens exactly this room; `BadTokenError` otherwise."""
    try:
        claims = jwt_text.read(token, keys)
    except jwt_text.RefusedTokenError as error:
        raise BadTokenError(_EXPIRED if error.reason == "expired" else None) from error
    grants = _grants(claims)
    _ensure_opens(grants, room)
    _ensure_person(claims, grants)
    user_id = str(claims["sub"])
    return Identity(
        platform_user_id=user_id,
        name=_text(claims.get("name")) or user_id,
        room=room,
        expires_at=datetime.fromtimestamp(min(int(claims["exp"]), _END_OF_TIME), UTC),
        role=_signed_role(claims, grants),
        is_room_admin=grants.get("roomAdmin") is True,
        can_speak=_can_speak(grants),
    )


def mint(key: str, secret: str, grants: Mapping[str, Any]) -> str:
    """Return a token with which we call the server API: these grants, one minute."""
    issued_at = clock.now()
    claims = {
        "iss": key,
        "nbf": issued_at - timedelta(seconds=jwt_text.LEEWAY_SECONDS),
        "exp": issued_at + timedelta(seconds=OWN_TOKEN_SECONDS),
        "video": dict(grants),
    }
    return jwt.encode(claims, secret, algorithm=jwt_text.ALGORITHM)


def _grants(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    grants = claims.get("video")
    return grants if isinstance(grants, dict) else {}


def _ensure_opens(grants: Mapping[str, Any], room: str) -> None:
    if grants.get("roomJoin") is not True or not room or grants.get("room") != room:
        raise BadTokenError()


def _ensure_person(claims: Mapping[str, Any], grants: Mapping[str, Any]) -> None:
    is_machine = any(grants.get(grant) for grant in _MACHINE_GRANTS)
    if is_machine or str(claims.get("kind") or "").lower() not in _PEOPLE or not _text(claims.get("sub")):
        raise BadTokenError()


def _signed_role(claims: Mapping[str, Any], grants: Mapping[str, Any]) -> Role | None:
    # Whoever may change their own attributes gets them back from LiveKit in a refreshed token that LiveKit signs:
    # there the signature no longer says who wrote the claim, so it counts for nothing.
    if grants.get("canUpdateOwnMetadata"):
        return None
    attributes = claims.get("attributes")
    role = attributes.get(ROLE_CLAIM) if isinstance(attributes, dict) else None
    return _ROLES.get(role) if isinstance(role, str) else None


def _can_speak(grants: Mapping[str, Any]) -> bool:
    sources = grants.get("canPublishSources") or ["microphone"]
    return grants.get("canPublish") is not False and "microphone" in sources


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
