"""What an adapter to an audio server must offer, and what it is given of its install."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from plugin.core.errors import UnauthenticatedError
from plugin.rooms.ports import Capability, Identity, Platform, PlatformEvent


class SecretKind(StrEnum):
    """The three secrets of an install; each rotates alone."""

    EVENTS = "events"
    ACTIONS = "actions"
    PANEL = "panel"


class BadSignatureError(Exception):
    """What claims to come from the audio server does not; ``reason`` is a short stable word for the audit line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedEventError(Exception):
    """The signature is right and the content is not; ``message`` tells the sender what to mend."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadTokenError(UnauthenticatedError):
    """A panel token that opens nothing; ``code`` says why, the sentence is for the person in the room."""

    code = "bad_panel_token"
    message = "This sign-in is not valid for this room. Open the panel again from the room."


@dataclass(frozen=True)
class Connection:
    """An install as its adapter sees it: decrypted, read only, never logged (``repr`` shows no secret).

    ``secrets`` holds the values that are valid now, newest first. ``config`` is the adapter's own (LiveKit: url, key,
    secret). ``granted`` is the ceiling for `Platform.capabilities`.
    """

    install_id: str
    kind: str
    host_id: str
    origin: str | None
    action_url: str | None
    allows_private_addresses: bool
    granted: frozenset[Capability]
    secrets: Mapping[SecretKind, Sequence[str]] = field(repr=False)
    config: Mapping[str, Any] = field(repr=False)


class Adapter(Platform, Protocol):
    """One audio server of one install: rooms' `Platform`, and the doors through which server and people come in."""

    def verify_identity(self, token: str, room: str) -> Identity:
        """Return who the token names, if it is valid for this room; `BadTokenError` otherwise."""
        ...

    def parse_events(self, headers: Mapping[str, str], raw: bytes) -> Sequence[PlatformEvent]:
        """Verify the raw body, then normalise it; an event that means nothing to us yields an empty list.

        ``headers`` has lower-case names. `BadSignatureError` when it does not come from the server,
        `MalformedEventError` when it does and cannot be read.
        """
        ...

    def probe(self) -> frozenset[Capability]:
        """Ask the server, within 5 seconds, what it really lets us do; `ActionError` says what stands in the way."""
        ...

    def server_time(self) -> datetime | None:
        """Return what time it is over there (an HTTP ``Date`` will do), None when the server does not say."""
        ...

    def admin_snippet(self, hook_url: str) -> str:
        """Return the lines an admin pastes into the server's configuration, with this install's hook URL."""
        ...


#: Makes the adapter of one install; kept in the registry by kind.
AdapterFactory = Callable[[Connection], Adapter]
