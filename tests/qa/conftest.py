"""The cast in one live room, and how each of them signs in."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access
from plugin.rooms.models import Participant
from tests.converges import Headers, converges, reducer, wire
from tests.qa.cast import Cast, attend, gather

__all__ = ["converges", "reducer", "wire"]


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Everyone in one live room: Hana hosts, Cole co-hosts, Petra produces, Sam speaks, Gus is a guest."""
    attend(app)
    return gather()


@pytest.fixture
def headers(app: Flask) -> Headers:
    """Return the headers of somebody's requests: each person opens one panel."""
    tokens: dict[str, str] = {}

    def of(actor: Actor) -> dict[str, str]:
        if actor.participant_id not in tokens:
            with unit_of_work():
                person = session().get_one(Participant, actor.participant_id)
                tokens[actor.participant_id] = access.open_panel(person).access_token
        return {"Authorization": f"Bearer {tokens[actor.participant_id]}"}

    return of
