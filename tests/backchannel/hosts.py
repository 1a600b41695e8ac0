"""Hosts and others of one room for the tests of the backchannel, and what each of them does, in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from plugin.backchannel import service as backchannel
from plugin.core.actor import Actor, Role
from plugin.core.database import session
from plugin.core.unit_of_work import HOOKS, Work, unit_of_work
from plugin.messaging import service
from plugin.messaging.models import Conversation, Message
from plugin.realtime.channel_log import outgoing_of
from plugin.realtime.framing import frame_text
from plugin.rooms import access, people
from plugin.rooms.models import Participant
from tests.rooms.house import House


class Hosts:
    """One room; everybody enters by its doors."""

    def __init__(self, app: Flask, house: House) -> None:
        self.house = house
        self.client = app.test_client()
        self.hana = house.hana()
        #: What every commit told: one list of frames for each.
        self.commits: list[list[dict[str, Any]]] = []
        self._tokens: dict[str, str] = {}
        HOOKS.of(app).after_commit.append(self._listen)

    def _listen(self, work: Work) -> None:
        outgoing = outgoing_of(work)
        entries = [entry for told in outgoing.entries.values() for entry in told] if outgoing else []
        self.commits.append([json.loads(frame_text(entry.frame)) for entry in entries])

    @property
    def told(self) -> list[dict[str, Any]]:
        """Everything that was told so far."""
        return [frame for commit in self.commits for frame in commit]

    @property
    def conversation(self) -> Conversation:
        """The hosts' conversation as it is now."""
        session().rollback()
        found = backchannel.conversation_of(self.hana.session_id)
        assert found is not None
        session().refresh(found)
        return found

    def say(self, actor: Actor, text: str = "Hello") -> Message:
        """Say something among hosts."""
        with unit_of_work():
            return service.send(actor, self.conversation_id, text=text, client_id=uuid4().hex)

    @property
    def conversation_id(self) -> str:
        """Its id."""
        found = backchannel.conversation_of(self.hana.session_id)
        assert found is not None
        return found.id

    def becomes(self, actor: Actor, role: Role) -> Actor:
        """Let Hana give somebody another role."""
        with unit_of_work():
            people.set_role(self.house.again(self.hana), actor.participant_id, role)
        return self.house.again(actor)

    def headers(self, actor: Actor) -> Mapping[str, str]:
        """Return the headers of somebody's requests."""
        if actor.participant_id not in self._tokens:
            with unit_of_work():
                person = session().get_one(Participant, actor.participant_id)
                self._tokens[actor.participant_id] = access.open_panel(person).access_token
        return {"Authorization": f"Bearer {self._tokens[actor.participant_id]}"}

    def ask(self, actor: Actor, method: str, path: str, body: Any = None) -> TestResponse:
        """Make a request as somebody."""
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=dict(self.headers(actor)))

    def seen(self, actor: Actor) -> list[str]:
        """Return the texts that somebody is shown."""
        answer = self.ask(actor, "GET", f"/conversations/{self.conversation_id}/messages")
        assert answer.status_code == 200, answer.get_json()
        return [item["text"] for item in answer.get_json()["items"]]
