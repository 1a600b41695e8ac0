"""Where a person is on the audio server: read first, so that no transaction stays open while the network is used."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.rooms import queries
from plugin.rooms.models import Participant
from plugin.rooms.ports import Platform, current_ports


@dataclass(frozen=True)
class Place:
    """Which person in which room of which audio server; ``name`` is for sentences to the host."""

    install_id: str
    room: str
    platform_user_id: str | None
    name: str

    @property
    def platform(self) -> Platform:
        """The audio server."""
        return current_ports().platforms.platform(self.install_id)


def place_of(person: Participant) -> Place:
    """Return where the audio server finds this person."""
    room = queries.room(queries.session(person.session_id).room_id)
    return Place(room.install_id, room.external_id, person.platform_user_id, person.name)
