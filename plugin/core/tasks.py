"""How the house asks a worker to look at something: by the task's name, never by importing it."""

from __future__ import annotations

from collections.abc import Callable

from plugin.core.slot import Slot

#: Sends a task by name; a lost task is found again by a sweep, so sending may fail.
Sender = Callable[[str], None]

SENDER: Slot[Sender] = Slot("tasks")


def send(name: str) -> None:
    """Nudge the worker to run a task soon."""
    SENDER.get()(name)
