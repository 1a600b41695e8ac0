"""Rate limits for each person (or address, before sign-in), on Redis, in memory while Redis is away."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import jwt
from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

F = TypeVar("F", bound=Callable[..., Any])


def caller() -> str:
    """Return whom a limit counts: the account named by a genuine access token, else the address.

    Only the signature is looked at here (whether the token still counts is `auth`'s business), so that a person
    with many tabs has one budget and nobody can spend another's.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (subject := _subject(token.strip())):
        return "person:" + hashlib.sha256(subject.encode()).hexdigest()[:32]
    return "address:" + str(get_remote_address())


def _subject(token: str) -> str | None:
    try:
        claims = jwt.decode(
            token,
            str(current_app.config["SIDESTAGE_SECRET_KEY"]),
            algorithms=["HS256"],
            options={"verify_aud": False, "verify_exp": False},
        )
    except jwt.InvalidTokenError:
        return None
    return cast(str | None, claims.get("sub"))


limiter = Limiter(key_func=caller)


def install(app: Flask, storage_url: str) -> None:
    """Switch the limits on for this app."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", storage_url)
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", True)
    # Else the limiter puts a Retry-After of its own on every answer, over the one that a problem document gives.
    app.config.setdefault("RATELIMIT_HEADER_RETRY_AFTER", "X-RateLimit-Retry-After")
    # A Redis that never answers is met three times in one request (limit, push, nudge): half a second for each.
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_timeout": 0.5, "socket_connect_timeout": 0.5})
    app.config.setdefault("RATELIMIT_DEFAULT", "600 per minute")
    app.config.setdefault("RATELIMIT_KEY_PREFIX", "sidestage")
    limiter.init_app(app)


def limited(rule: str) -> Callable[[F], F]:
    """Limit a route, e.g. ``"30 per minute"``; past it the answer is 429 with Retry-After."""
    return cast(Callable[[F], F], limiter.limit(rule))
