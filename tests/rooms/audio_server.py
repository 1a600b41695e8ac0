"""An audio server in memory, for tests of what rooms ask of one: it can refuse, stay silent, or break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plugin.core.errors import UnauthenticatedError
from plugin.rooms.ports import (
    ActionError,
    ActionResult,
    Capability,
    Identity,
    PlatformParticipant,
)

EVERYTHING = frozenset(Capability)


@dataclass
class AudioServer:
    """One audio server; ``calls`` remembers what it was asked, ``rooms`` who is where."""

    kind: str = "memory"
    can: frozenset[Capability] = EVERYTHING
    rooms: dict[str, dict[str, PlatformParticipant]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None
    is_confirming: bool = True

    def capabilities(self) -> frozenset[Capability]:
        return self.can

    def put(self, room: str, *people: PlatformParticipant) -> None:
        """Make these people (and nobody else) be in the room."""
        self.rooms[room] = {person.platform_user_id: person for person in people}

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        self._asked("participants", room)
        return list(self.rooms.get(room, {}).values())

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        self._asked("promote", platform_user_id)
        return self._let(room, platform_user_id, can_speak=True)

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        self._asked("demote", platform_user_id)
        return self._let(room, platform_user_id, can_speak=False)

    def _let(self, room: str, platform_user_id: str, *, can_speak: bool) -> ActionResult:
        if not self.is_confirming:
            return ActionResult(is_confirmed=False)
        person = self.rooms.get(room, {}).get(platform_user_id)
        if person is None:
            raise ActionError("This person is not in the audio room.", is_final=True)
        changed = replace(person, can_speak=can_speak)
        self.rooms[room][platform_user_id] = changed
        return ActionResult(is_confirmed=True, participant=changed)

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        self._asked("mute", platform_user_id)
        return ActionResult(is_confirmed=True)

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        self._asked("remove", platform_user_id)
        self.rooms.get(room, {}).pop(platform_user_id, None)
        return ActionResult(is_confirmed=True)

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        self._asked("notice", platform_user_id or room)
        return ActionResult(is_confirmed=True)

    def create_room(self, room: str, title: str) -> ActionResult:
        self._asked("create_room", room)
        return ActionResult(is_confirmed=True)

    def _asked(self, what: str, whom: str) -> None:
        self.calls.append((what, whom))
        if self.error is not None:
            raise self.error


@dataclass
class AudioServers:
    """The port through which rooms find the server of an install; tokens are looked up, not verified."""

    server: AudioServer
    tokens: dict[tuple[str, str, str], Identity] = field(default_factory=dict)

    def platform(self, install_id: str) -> AudioServer:
        return self.server

    def kind(self, install_id: str) -> str:
        return self.server.kind

    def identity(self, install_id: str, token: str, room: str) -> Identity:
        found = self.tokens.get((install_id, token, room))
        if found is None:
            raise UnauthenticatedError()
        return found
