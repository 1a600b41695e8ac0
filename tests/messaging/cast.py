"""People for the tests of messaging, and what each of them does, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from plugin.core.actor import Actor, Role
from plugin.core.database import session
from plugin.core.ids import new_id
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service
from plugin.messaging.models import Conversation, Message
from plugin.rooms import access
from plugin.rooms.models import Participant
from tests.qa.cast import enter, open_room


@dataclass(repr=False)
class Cast:
    """Hana hosts, Cole co-hosts, Sam speaks, Lina and Omar listen; Nadia is elsewhere, Zoe at another install."""

    app: Flask
    hana: Actor
    cole: Actor
    sam: Actor
    lina: Actor
    omar: Actor
    nadia: Actor
    zoe: Actor

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.app.test_client()
        self._tokens: dict[str, str] = {}

    def __repr__(self) -> str:
        return "Cast()"

    def direct(self, one: Actor, other: Actor) -> Conversation:
        """Open the direct conversation of two people."""
        pair = one.account_id, other.account_id
        with unit_of_work():
            return conversations.open_conversation(one.install_id, "direct", pair=pair, members=pair)

    def group(self, moderator: Actor, *others: Actor, kind: str = "group", **more: Any) -> Conversation:
        """Open a group."""
        with unit_of_work():
            return conversations.open_conversation(
                moderator.install_id,
                kind,
                moderators=[moderator.account_id],
                members=[other.account_id for other in others],
                **more,
            )

    def backchannel(self) -> Conversation:
        """Open the hosts' conversation."""
        with unit_of_work():
            return conversations.open_conversation(
                self.hana.install_id, "backchannel", session_id=self.hana.session_id, has_stored_members=False
            )

    def say(self, actor: Actor, where: Conversation, text: str = "Hello", **more: Any) -> Message:
        """Say something."""
        with unit_of_work():
            return service.send(actor, where.id, text=text, **{"client_id": uuid4().hex} | more)

    def becomes(self, actor: Actor, role: Role) -> Actor:
        """Give somebody another role, as a host does."""
        with unit_of_work():
            session().execute(update(Participant).where(Participant.id == actor.participant_id).values(role=role))
        return Actor(**{**actor.__dict__, "role": role})

    def headers(self, actor: Actor) -> Mapping[str, str]:
        """Return the headers of somebody's requests."""
        if actor.participant_id not in self._tokens:
            with unit_of_work():
                person = session().get_one(Participant, actor.participant_id)
                self._tokens[actor.participant_id] = access.open_panel(person).access_token
        return {"Authorization": f"Bearer {self._tokens[actor.participant_id]}"}

    def ask(self, actor: Actor, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Make a request as somebody."""
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=dict(self.headers(actor)) | headers)

    def get(self, actor: Actor, path: str) -> Any:
        """Return what somebody is answered."""
        answer = self.ask(actor, "GET", path)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()


def gather(app: Flask) -> Cast:
    """Open the rooms and let everybody in."""
    install_id = new_id("ins")
    with unit_of_work():
        here, elsewhere = open_room(install_id, "ama"), open_room(install_id, "elsewhere")
        abroad = open_room(new_id("ins"), "ama")
        return Cast(
            app=app,
            hana=enter(here, "Hana", Role.HOST),
            cole=enter(here, "Cole", Role.COHOST),
            sam=enter(here, "Sam", Role.SPEAKER),
            lina=enter(here, "Lina"),
            omar=enter(here, "Omar"),
            nadia=enter(elsewhere, "Nadia"),
            zoe=enter(abroad, "Zoe", Role.HOST),
        )
