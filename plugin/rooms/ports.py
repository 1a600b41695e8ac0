"""What rooms ask of the outside: the audio server behind an install, and who follows whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from plugin.core.actor import Actor, Role
from plugin.core.slot import Slot


class Capability(StrEnum):
    """What an audio server can do for us; an adapter declares it, a probe confirms it."""

    LIST_PARTICIPANTS = "participant.list"
    PROMOTE = "participant.promote"
    DEMOTE = "participant.demote"
    MUTE = "participant.mute"
    REMOVE = "participant.remove"
    NOTICE = "room.notice"
    CREATE_ROOM = "room.create"
    CLOSE_ROOM = "room.close"
    JOIN_EVENTS = "events.join"
    TRACK_EVENTS = "events.track"
    HAND_EVENTS = "events.hand"


class PlatformEventKind(StrEnum):
    """What an audio server can tell us, in our words."""

    ROOM_STARTED = "room_started"
    ROOM_ENDED = "room_ended"
    PARTICIPANT_JOINED = "participant_joined"
    PARTICIPANT_LEFT = "participant_left"
    ROLE_CHANGED = "role_changed"
    HAND_RAISED = "hand_raised"
    HAND_LOWERED = "hand_lowered"
    MIC_ON = "mic_on"
    MIC_OFF = "mic_off"


@dataclass(frozen=True)
class PlatformParticipant:
    """A person as the audio server sees them.

    ``can_speak`` is the right to be heard, None when the server does not say; ``is_audible`` is a published, open
    microphone. ``role`` is set only by servers whose word on roles can be trusted (never LiveKit attributes).
    """

    platform_user_id: str
    name: str = ""
    role: Role | None = None
    can_speak: bool | None = None
    is_audible: bool | None = None


@dataclass(frozen=True)
class PlatformEvent:
    """One verified happening on the audio server, normalised at the door.

    ``event_id`` is unique within the install (the server's own id, else a hash of the raw body): repeats are dropped by
    it. ``occurred_at`` orders events of one participant. ``source`` is ``webhook``, ``reconcile``, ``panel`` or
    ``host``.
    """

    kind: PlatformEventKind
    event_id: str
    room: str
    occurred_at: datetime
    participant: PlatformParticipant | None = None
    room_title: str | None = None
    source: str = "webhook"


@dataclass(frozen=True)
class Identity:
    """A person as a verified platform token names them; ``room`` is the only room the token opens.

    ``role`` is None when the token says nothing about hosting. ``is_room_admin`` makes the first such person host.
    ``token_id`` is set when the token may be used once only; it is remembered until ``expires_at``.
    """

    platform_user_id: str
    name: str
    room: str
    expires_at: datetime
    role: Role | None = None
    is_room_admin: bool = False
    can_speak: bool | None = None
    is_guest: bool = False
    is_platform_moderator: bool = False
    avatar_url: str | None = None
    locale: str | None = None
    token_id: str | None = None


class ActionError(Exception):
    """The audio server did not do it.

    ``message`` is a sentence for the host; ``is_final`` when asking again is useless.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.is_final = is_final


@dataclass(frozen=True)
class ActionResult:
    """What the server answered: ``is_confirmed`` when the answer itself shows the new state."""

    is_confirmed: bool
    participant: PlatformParticipant | None = None


class Platform(Protocol):
    """One audio server of one install. Every method talks to the network, within 5 seconds, or raises `ActionError`.

    A method whose capability is missing raises ``ActionError(is_final=True)`` with an instruction for the host.
    """

    kind: str

    def capabilities(self) -> frozenset[Capability]:
        """Return what this install can do: declared by the adapter, narrowed by what the probe saw."""
        ...

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        """List who is in the room now."""
        ...

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        """Let the person be heard (muted until they open their microphone themselves)."""
        ...

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        """Take the right to be heard back."""
        ...

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        """Close the person's microphone; they may open it again."""
        ...

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        """Put the person out of the room."""
        ...

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        """Show a line to the room, or to one person, in the server's own client."""
        ...

    def create_room(self, room: str, title: str) -> ActionResult:
        """Make the room, if it is not there."""
        ...


class Platforms(Protocol):
    """Finds the audio server behind an install; given by the composition root."""

    def platform(self, install_id: str) -> Platform:
        """Return the adapter of an active or pending install; `NotFoundError` when there is none."""
        ...

    def kind(self, install_id: str) -> str:
        """Return the adapter's kind (``livekit``) for the panel's words."""
        ...

    def identity(self, install_id: str, token: str, room: str) -> Identity:
        """Return who a panel token names, verified for this room; `UnauthenticatedError` when it opens nothing."""
        ...


class Follows(Protocol):
    """Who follows whom. A source that fails counts as *not followed* and is logged (row J15)."""

    def follows(self, follower_id: str, followed_id: str) -> bool:
        """Whether one account follows another."""
        ...

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Which of these accounts the follower follows, in one question."""
        ...

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Which of these accounts follow the person, in one question."""
        ...

    def followed_by(self, follower_id: str) -> frozenset[str]:
        """Everybody the follower follows, as far as the sources can list them."""
        ...

    def is_available(self) -> bool:
        """Whether people can follow each other at all; options that need it are hidden otherwise."""
        ...


class NobodyFollows:
    """The answer where people cannot follow each other: no."""

    def follows(self, follower_id: str, followed_id: str) -> bool:
        """No."""
        return False

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Nobody."""
        return frozenset()

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        """Nobody."""
        return frozenset()

    def followed_by(self, follower_id: str) -> frozenset[str]:
        """Nobody."""
        return frozenset()

    def is_available(self) -> bool:
        """No."""
        return False


class Questions(Protocol):
    """Whose question is whose; rooms sees only an id that a person wants to link."""

    def is_own(self, actor: Actor, question_id: str) -> bool:
        """Whether this person asked this question, in this session."""
        ...


class NobodyAsks:
    """The answer while no feature keeps questions: no."""

    def is_own(self, actor: Actor, question_id: str) -> bool:
        """No."""
        return False


@dataclass
class Ports:
    """The ports of one app, filled by the composition root."""

    platforms: Platforms
    follows: Follows = field(default_factory=NobodyFollows)
    questions: Questions = field(default_factory=NobodyAsks)


PORTS: Slot[Ports] = Slot("ports")


def current_ports() -> Ports:
    """Return the ports of the current app."""
    return PORTS.get()
