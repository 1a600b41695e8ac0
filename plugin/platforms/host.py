"""For a host that is a Flask app itself: it calls us in Python, and we call its functions back.

Events go straight into the database. Actions are asked for by a worker, which is another process: they come back as a
signed POST to an address of ours inside the host's process, and are handed to the function that the host registered.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask

from plugin.config import Settings
from plugin.core.actor import Role
from plugin.core.slot import Slot
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import host_install, secrets, sightings
from plugin.platforms.adapter import SecretKind
from plugin.platforms.generic import tokens
from plugin.platforms.generic.adapter import DECLARED
from plugin.platforms.host_events import HostEvents
from plugin.platforms.host_signals import SIGNALS
from plugin.platforms.models import Install
from plugin.rooms import events as room_events
from plugin.rooms.ports import Capability, PlatformEvent

#: Takes as many of ``room``, ``user_id``, ``text`` and ``title`` as it declares. Returns None for done, a dict to say
#: more (``{"participant": {...}}``), or for ``participant.list`` a list of people.
ActionFunction = Callable[..., Any]
F = TypeVar("F", bound=ActionFunction)


class ActionRefusedError(Exception):
    """Raised by a host's function that will not do it; the sentence is shown to the person who asked."""


@dataclass
class HostBridge:
    """Between one host app and our inner app; the composition root makes it and hands its parts to `Sidestage`.

    ``action_base_url`` is where the worker reaches the host's process, when that is not the public address.
    """

    inner: Flask
    settings: Settings
    action_base_url: str = ""
    functions: dict[Capability, ActionFunction] = field(default_factory=dict)
    host: Flask | None = None

    @property
    def events(self) -> HostEvents:
        """What the host calls when something happens."""
        return HostEvents(self._tell)

    def attach(self, host: Flask) -> None:
        """Hear this app's signals, and run its functions in its app context."""
        self.host = host
        for signal in SIGNALS:
            signal.connect(_Heard(getattr(self.events, signal.name)), sender=host, weak=False)

    def action(self, name: str) -> Callable[[F], F]:
        """Register a function for an action: ``@sidestage.action("participant.promote")``."""
        known = {capability.value: capability for capability in DECLARED}
        if name not in known:
            raise ValueError(f"{name} is not an action; there are {', '.join(sorted(known))}")

        def register(function: F) -> F:
            self.functions[known[name]] = function
            return function

        return register

    def panel_token(self, *, room: str, user_id: str, name: str, role: str = "listener", **optional: Any) -> str:
        """Return a token that opens the panel once, within a minute, for this person in this room."""
        with self.inner.app_context():
            install = self.install()
            return tokens.mint(
                secrets.valid_now(install.secrets)[SecretKind.PANEL][0],
                install_id=install.id,
                issuer=install.host_id,
                room=room,
                user_id=user_id,
                name=name,
                role=Role(role),
                **optional,
            )

    @property
    def install_id(self) -> str:
        """The id of this host's install; the page gives it to the panel."""
        with self.inner.app_context():
            return self.install().id

    def install(self) -> Install:
        """Return this host's install, in the inner app's context."""
        return host_install.ensure(self.settings, self.action_base_url, self.functions)

    def perform(self, capability: Capability, action: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run the host's function for an action that was asked for, and say what came of it."""
        function = self.functions.get(capability)
        if function is None:
            return {"status": "unsupported", "message": f"The host has no function for {capability.value}."}
        try:
            answer = self._called(function, _members(action))
        except ActionRefusedError as refusal:
            return {"status": "refused", "message": str(refusal)}
        if capability is Capability.LIST_PARTICIPANTS:
            return {"status": "done", "participants": list(answer or ())}
        return {"status": "done", **(answer if isinstance(answer, dict) else {})}

    def _called(self, function: ActionFunction, members: Mapping[str, Any]) -> Any:
        taken = inspect.signature(function).parameters
        arguments = {name: value for name, value in members.items() if name in taken}
        if self.host is None:
            return function(**arguments)
        with self.host.app_context():
            return function(**arguments)

    def _tell(self, event: PlatformEvent) -> None:
        with self.inner.app_context():
            install_id = self.install().id
            with unit_of_work():
                room_events.receive(install_id, [event])
            sightings.note_event(install_id)


def _members(action: Mapping[str, Any]) -> dict[str, Any]:
    person = action.get("participant") or {}
    return {
        "room": action.get("room"),
        "user_id": person.get("id"),
        "text": action.get("text"),
        "title": action.get("title"),
    }


@dataclass(frozen=True)
class _Heard:
    """Passes a signal of the host on to the call of the same name."""

    call: Callable[..., None]

    def __call__(self, _sender: object, **members: Any) -> None:
        self.call(**members)


#: The bridge of an app that is attached to a host; a standalone app has none.
BRIDGE: Slot[HostBridge] = Slot("host_bridge")
