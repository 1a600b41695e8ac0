"""The cast and their room: Hana hosts, Cole co-hosts, Sam speaks, Lina and Omar listen, Nadia is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, select

from plugin.core.actor import Actor, Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.models import OutboxEvent
from plugin.outbox.relay import relay_waiting
from plugin.realtime.push import Announcement, Push
from plugin.rooms import access, events, queries
from plugin.rooms.models import Participant, RoomSession
from plugin.rooms.ports import Identity, PlatformEvent, PlatformEventKind, PlatformParticipant
from plugin.rooms.tokens import Tokens
from tests.rooms.audio_server import AudioServer, AudioServers

INSTALL = "ins_one"
ROOM = "town-hall"

_numbers = count(1)


def identity(who: str, **changes: Any) -> Identity:
    """Return what a verified token of this person says."""
    values: dict[str, Any] = {
        "platform_user_id": who.lower(),
        "name": who,
        "room": ROOM,
        "expires_at": now() + timedelta(minutes=2),
    }
    return Identity(**(values | changes))


@dataclass(repr=False)
class House:
    """One room with its people; everything goes through the doors that the product has."""

    servers: AudioServers
    told: list[Announcement] = field(default_factory=list)

    def __repr__(self) -> str:
        return "House()"  # hypothesis prints its arguments, and this one grows

    @property
    def audio(self) -> AudioServer:
        return self.servers.server

    def sign_in(self, who: str, *, install_id: str = INSTALL, **changes: Any) -> Tokens:
        """Let the person in with a verified identity."""
        with unit_of_work():
            return access.sign_in(install_id, identity(who, **changes))

    def enter(self, who: str, *, install_id: str = INSTALL, **changes: Any) -> Actor:
        """Let the person in and return who they are here."""
        return access.actor_of(self.sign_in(who, install_id=install_id, **changes).access_token)

    def again(self, actor: Actor) -> Actor:
        """Return the same person with the role of this moment."""
        person = self.person(actor)
        return Actor(**{**actor.__dict__, "role": Role(person.role)})

    def hana(self) -> Actor:
        return self.enter("Hana", role=Role.HOST)

    def cole(self) -> Actor:
        return self.enter("Cole", role=Role.COHOST)

    def sam(self) -> Actor:
        return self.enter("Sam", can_speak=True)

    def lina(self) -> Actor:
        return self.enter("Lina")

    def omar(self) -> Actor:
        return self.enter("Omar")

    def nadia(self) -> Actor:
        """Nadia is in another room of the same server."""
        return self.enter("Nadia", room="elsewhere")

    def join(self, *names: str, can_speak: bool = False) -> None:
        """Let people come into the audio room, as the server tells it."""
        for name in names:
            seen = PlatformParticipant(name.lower(), name=name, can_speak=can_speak)
            self.audio.rooms.setdefault(ROOM, {})[name.lower()] = seen
            self.happens(PlatformEventKind.PARTICIPANT_JOINED, seen)

    def leave(self, *names: str) -> None:
        """Let people go, as the server tells it."""
        for name in names:
            self.audio.rooms.get(ROOM, {}).pop(name.lower(), None)
            self.happens(PlatformEventKind.PARTICIPANT_LEFT, PlatformParticipant(name.lower()))

    def happens(self, kind: PlatformEventKind, participant: PlatformParticipant | None = None) -> None:
        """Let the server tell one thing, now."""
        event = PlatformEvent(kind, f"evt-{next(_numbers)}", ROOM, now(), participant)
        self.receive([event])

    def receive(self, told: Iterable[PlatformEvent], install_id: str = INSTALL) -> int:
        """Hand events in, as a platform's route does."""
        with unit_of_work():
            return events.receive(install_id, list(told))

    def relay(self) -> int:
        """Let the worker do what is due."""
        return relay_waiting()

    def person(self, actor: Actor) -> Participant:
        """Return the person's row as it is in the database."""
        db_session().rollback()
        return queries.participant_by_id(actor.session_id, actor.participant_id)

    def session(self, actor: Actor) -> RoomSession:
        """Return the session's row as it is in the database."""
        db_session().rollback()
        return queries.session(actor.session_id)

    def pushes(self, channel: str) -> list[Push]:
        """Return what this channel was told, in order."""
        return [one for one in self.told if isinstance(one, Push) and one.channel == channel]

    def recorded(self, name: str) -> int:
        """Return how often this domain event was recorded."""
        db_session().rollback()
        return db_session().scalars(select(func.count()).where(OutboxEvent.name == name)).one()
