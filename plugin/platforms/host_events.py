"""What a host's own Flask app tells us when something happens in its rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.ids import new_id
from plugin.core.text import clean_line
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant


@dataclass(frozen=True)
class HostEvents:
    """One method for each thing that happens. Call it after your own commit: what you say here is true at once.

    ``at`` is when it happened (aware), if not now. A role is one of host, cohost, producer, speaker, listener.
    """

    tell: Callable[[PlatformEvent], None]

    def room_started(self, *, room: str, title: str | None = None, at: datetime | None = None) -> None:
        """The room is open."""
        self._happened(PlatformEventKind.ROOM_STARTED, room, at, title=title)

    def room_ended(self, *, room: str, at: datetime | None = None) -> None:
        """The room is closed, everybody has left."""
        self._happened(PlatformEventKind.ROOM_ENDED, room, at)

    def participant_joined(
        self,
        *,
        room: str,
        user_id: str,
        name: str,
        role: str = "listener",
        can_speak: bool | None = None,
        at: datetime | None = None,
    ) -> None:
        """Somebody came in."""
        person = PlatformParticipant(user_id, clean_line(name)[:120], Role(role), can_speak)
        self._happened(PlatformEventKind.PARTICIPANT_JOINED, room, at, person)

    def participant_left(self, *, room: str, user_id: str, at: datetime | None = None) -> None:
        """Somebody went."""
        self._happened(PlatformEventKind.PARTICIPANT_LEFT, room, at, PlatformParticipant(user_id))

    def role_changed(
        self, *, room: str, user_id: str, role: str, can_speak: bool | None = None, at: datetime | None = None
    ) -> None:
        """Somebody is now something else here."""
        person = PlatformParticipant(user_id, role=Role(role), can_speak=can_speak)
        self._happened(PlatformEventKind.ROLE_CHANGED, room, at, person)

    def microphone_opened(self, *, room: str, user_id: str, at: datetime | None = None) -> None:
        """Somebody can be heard."""
        self._happened(PlatformEventKind.MIC_ON, room, at, PlatformParticipant(user_id, is_audible=True))

    def microphone_closed(self, *, room: str, user_id: str, at: datetime | None = None) -> None:
        """Somebody cannot be heard any more."""
        self._happened(PlatformEventKind.MIC_OFF, room, at, PlatformParticipant(user_id, is_audible=False))

    def hand_raised(self, *, room: str, user_id: str, at: datetime | None = None) -> None:
        """Somebody raised a hand in the host's own client."""
        self._happened(PlatformEventKind.HAND_RAISED, room, at, PlatformParticipant(user_id))

    def hand_lowered(self, *, room: str, user_id: str, at: datetime | None = None) -> None:
        """Somebody lowered it."""
        self._happened(PlatformEventKind.HAND_LOWERED, room, at, PlatformParticipant(user_id))

    def _happened(
        self,
        kind: PlatformEventKind,
        room: str,
        at: datetime | None,
        person: PlatformParticipant | None = None,
        title: str | None = None,
    ) -> None:
        event = PlatformEvent(
            kind=kind,
            event_id=new_id("hev"),
            room=room,
            occurred_at=at or now(),
            participant=person,
            room_title=clean_line(title) if title else None,
            source="host",
        )
        self.tell(event)
