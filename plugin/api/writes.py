"""A route that changes something: signed in, in one transaction, its answer kept for repeats."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from flask import Response, current_app, make_response
from sqlalchemy.exc import IntegrityError

from plugin.api import idempotency
from plugin.api.auth import sign_in
from plugin.core.unit_of_work import unit_of_work

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


@overload
def writes(view: View[P, R]) -> View[P, Response]: ...
@overload
def writes(*, public: bool) -> Callable[[View[P, R]], View[P, Response]]: ...
def writes(view: Any = None, *, public: bool = False) -> Any:
    """Run the view in one unit of work, after signing in (unless ``public``), answering repeats from the kept answer.

    Two requests with the same key at the same moment: the second finds the first one's row when it tries to store
    its own, rolls its work back and gives the first one's answer.
    """

    def decorate(inner: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(inner)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            try:
                return _run(inner, public, args, kwargs)
            except IntegrityError:
                if idempotency.key_hash("") is None:
                    raise
                return _run(inner, public, args, kwargs)

        guarded.is_guarded = not public  # type: ignore[attr-defined]  # the route matrix test looks for this
        guarded.is_public = public  # type: ignore[attr-defined]
        return guarded

    return decorate if view is None else decorate(view)


def _run(inner: Callable[..., Any], public: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    with unit_of_work():
        subject = "" if public else sign_in().account_id
        digest = None if public else idempotency.key_hash(subject)
        if digest and (found := idempotency.stored_answer(digest)):
            status, body = found
            return Response(body, status, {"Idempotent-Replay": "true"}, content_type="application/json")
        response = make_response(current_app.ensure_sync(inner)(*args, **kwargs))
        if digest and response.status_code < 300:
            idempotency.keep(digest, response.status_code, response.get_data())
        return response
