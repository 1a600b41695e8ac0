"""Who is asking: turns the access token of a request into an `Actor`, and answers 401 when it cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import g, request

from plugin.core.actor import Actor
from plugin.core.errors import UnauthenticatedError
from plugin.core.slot import Slot

P = ParamSpec("P")
R = TypeVar("R")

#: Turns an access token into the actor it stands for now; raises `UnauthenticatedError`.
Resolver = Callable[[str], Actor]


RESOLVER: Slot[Resolver] = Slot("auth")


def bearer_token() -> str:
    """Return the access token of this request; a cookie is never looked at."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedError()
    return token.strip()


def sign_in() -> Actor:
    """Resolve the actor of this request and keep it for `current_actor`."""
    actor = RESOLVER.get()(bearer_token())
    g.sidestage_actor = actor
    return actor


def current_actor() -> Actor:
    """Return who is asking, in a route marked `authenticated` or `writes`."""
    return cast(Actor, g.sidestage_actor)


def authenticated(view: Callable[P, R]) -> Callable[P, R]:
    """Let only people with a valid access token through."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        sign_in()
        return view(*args, **kwargs)

    guarded.is_guarded = True  # type: ignore[attr-defined]  # the route matrix test looks for this
    return guarded
