"""A typed place in a Flask app for one of our parts, so that two apps in one process share nothing."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")


class Slot(Generic[T]):
    """Where one part lives in ``app.extensions``; ``name`` is unique among our parts."""

    def __init__(self, name: str) -> None:
        self._key = f"sidestage.{name}"

    def put(self, app: Flask, part: T) -> T:
        """Put the part into this app and return it."""
        app.extensions[self._key] = part
        return part

    def get(self) -> T:
        """Return the part of the current app; KeyError when the composition root forgot it."""
        return cast(T, current_app.extensions[self._key])

    def of(self, app: Flask) -> T:
        """Return the part of this app."""
        return cast(T, app.extensions[self._key])
