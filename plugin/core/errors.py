"""Errors that people read: a status, a stable code and a sentence."""

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """Something the caller can understand and act on.

    ``status`` is the HTTP status, ``code`` never changes once published, ``message`` is a sentence for people and
    ``details`` are extra JSON members of the problem document.
    """

    status = 400
    code = "bad_request"
    message = "This request cannot be understood."

    def __init__(self, message: str | None = None, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.code = code or self.code
        self.details = details


class UnauthenticatedError(AppError):
    """Nobody we know is asking."""

    status, code = 401, "unauthenticated"
    message = "Your sign-in has ended. Reload the page to go on."


class ForbiddenError(AppError):
    """The person is known and may not do this."""

    status, code = 403, "forbidden"
    message = "You may not do this in this room."


class NotFoundError(AppError):
    """It does not exist, or the person may not learn that it does."""

    status, code = 404, "not_found"
    message = "There is nothing here, or it is not for you."


class ConflictError(AppError):
    """The thing is in a state that does not allow this."""

    status, code = 409, "conflict"
    message = "This has changed meanwhile."


class InvalidError(AppError):
    """What was sent does not fit; ``fields`` maps a field's name to its sentences."""

    status, code = 422, "invalid"
    message = "Some of this does not fit."


class TooManyError(AppError):
    """A limit was reached; ``retry_after_seconds`` says when it is free again."""

    status, code = 429, "too_many"
    message = "That was a little fast. Try again in a moment."


class UnavailableError(AppError):
    """Something we depend on does not answer now."""

    status, code = 503, "unavailable"
    message = "The server cannot do this right now. Try again in a moment."
