"""The adapter of the built-in demo platform: all that an audio server can do, without audio, on this machine only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.core.clock import now
from plugin.core.errors import AppError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import signature
from plugin.platforms.adapter import Connection, SecretKind
from plugin.platforms.fake import gate, server
from plugin.platforms.fake.models import Behaviour
from plugin.platforms.generic import events, tokens
from plugin.platforms.registry import current_registry
from plugin.rooms.ports import (
    ActionError,
    ActionResult,
    Capability,
    Identity,
    PlatformEvent,
    PlatformParticipant,
)

DECLARED = frozenset(Capability) - {Capability.CLOSE_ROOM}
SLOW_SECONDS = 3.0

Change = Callable[[], PlatformParticipant | None]


@dataclass
class FakeAdapter:
    """One demo install."""

    connection: Connection
    kind: str = "fake"

    def __post_init__(self) -> None:
        if why_not := gate.why_not(current_registry().settings):
            raise NotFoundError(f"There is no demo platform here. {why_not}", code="no_demo")

    def capabilities(self) -> frozenset[Capability]:
        """Everything that was granted."""
        return DECLARED & self.connection.granted

    def verify_identity(self, token: str, room: str) -> Identity:
        """Read a token of the demo page: the same as any host's panel token."""
        return tokens.verify(
            token,
            self.connection.secrets[SecretKind.PANEL],
            install_id=self.connection.install_id,
            issuer=self.connection.host_id,
            room=room,
        )

    def parse_events(self, headers: Mapping[str, str], raw: bytes) -> Sequence[PlatformEvent]:
        """Read signed webhooks as any host sends them: a test or a script may speak for the demo platform."""
        return events.parse(signature.verify(self.connection.secrets[SecretKind.EVENTS], headers, raw), raw)

    def probe(self) -> frozenset[Capability]:
        """It is always there."""
        return self.capabilities()

    def server_time(self) -> datetime | None:
        """Ours."""
        return now()

    def admin_snippet(self, hook_url: str) -> str:
        """Nothing to configure."""
        return f"The demo platform is built in. Scripts may speak for it, signed, at {hook_url}\n"

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        """List who is in the demo room."""
        return [server.as_participant(person) for person in server.people(self.connection.install_id, room)]

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        """Let the person speak."""
        return self._let_speak(room, platform_user_id, True)

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        """Take the right to speak back."""
        return self._let_speak(room, platform_user_id, False)

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        """Close the person's microphone."""
        return self._act(
            Capability.MUTE,
            room,
            lambda: server.as_participant(server.close_microphone(self.connection.install_id, room, platform_user_id)),
        )

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        """Put the person out."""

        def put_out() -> None:
            server.leave(self.connection.install_id, room, platform_user_id, is_removed=True)

        return self._act(Capability.REMOVE, room, put_out)

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        """Show a line on the demo page."""

        def show() -> None:
            server.show_notice(self.connection.install_id, room, text, platform_user_id)

        return self._act(Capability.NOTICE, room, show)

    def create_room(self, room: str, title: str) -> ActionResult:
        """Make the room."""

        def make() -> None:
            server.open_room(self.connection.install_id, room, title)

        return self._ensured(Capability.CREATE_ROOM, make)

    def _let_speak(self, room: str, user_id: str, can_speak: bool) -> ActionResult:
        return self._act(
            Capability.PROMOTE if can_speak else Capability.DEMOTE,
            room,
            lambda: server.as_participant(server.let_speak(self.connection.install_id, room, user_id, can_speak)),
        )

    def _act(self, capability: Capability, room: str, change: Change) -> ActionResult:
        behaviour = server.behaviour(self.connection.install_id, room)
        if behaviour is Behaviour.REFUSES:
            raise ActionError("The demo room refuses everything at the moment.", is_final=True)
        if behaviour is Behaviour.SILENT:
            return ActionResult(is_confirmed=False)
        if behaviour is Behaviour.SLOW:
            time.sleep(SLOW_SECONDS)  # a slow server is what this behaviour plays
        return self._ensured(capability, change)

    def _ensured(self, capability: Capability, change: Change) -> ActionResult:
        if capability not in self.capabilities():
            raise ActionError("This demo install may not do that.", is_final=True)
        try:
            with unit_of_work():
                return ActionResult(is_confirmed=True, participant=change())
        except AppError as error:
            raise ActionError(error.message) from error
