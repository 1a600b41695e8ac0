"""How the house asks a worker to look at something: by the task's name, never by importing it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

_KEY = "sidestage.tasks"

#: Sends a task by name; a lost task is found again by a sweep, so sending may fail.
Sender = Callable[[str], None]


def install(app: Flask, sender: Sender) -> None:
    """Give the app its sender."""
    app.extensions[_KEY] = sender


def send(name: str) -> None:
    """Nudge the worker to run a task soon."""
    sender: Sender = current_app.extensions[_KEY]
    sender(name)
