"""Who is asking: the person behind a request, with the role that counts at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a participant is in one room session."""

    HOST = "host"
    COHOST = "cohost"
    PRODUCER = "producer"
    SPEAKER = "speaker"
    LISTENER = "listener"


HOSTING = frozenset({Role.HOST, Role.COHOST})
BACKSTAGE = frozenset({Role.HOST, Role.COHOST, Role.PRODUCER})


@dataclass(frozen=True)
class Actor:
    """A participant who does something; built from the access token and the database at every request.

    ``session_id`` is the room session the person is in now. The role is read from the participant's row, never from
    the token, so a demotion counts at once. ``is_guest`` and ``is_platform_moderator`` are marks of the account.
    """

    account_id: str
    install_id: str
    room_id: str
    session_id: str
    participant_id: str
    role: Role
    name: str
    is_guest: bool = False
    is_platform_moderator: bool = False

    @property
    def is_hosting(self) -> bool:
        """Host or co-host."""
        return self.role in HOSTING

    @property
    def is_backstage(self) -> bool:
        """Host, co-host or producer: those who see what the audience does not."""
        return self.role in BACKSTAGE
