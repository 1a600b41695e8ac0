"""People who fill the demo room without a browser: they join the demo platform and use the HTTP API as a panel does."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import update

from plugin.accounts.models import PlatformIdentity
from plugin.core.actor import Role
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.fake import demo, server
from plugin.platforms.fake.demo import DemoPerson
from plugin.platforms.fake.models import FakePerson, FakeRoom
from plugin.rooms.models import Room

Json = dict[str, Any]


def fresh_room(app: Flask) -> None:
    """Give the demo a room in which nothing has happened, entered by nobody; the room before is moved aside."""
    with app.app_context():
        demo.ensure(app.config["SIDESTAGE_SETTINGS"])
    with app.app_context(), unit_of_work() as work:
        aside = uuid4().hex
        work.session.execute(update(FakeRoom).where(FakeRoom.name == demo.ROOM).values(name=aside))
        work.session.execute(update(FakePerson).where(FakePerson.room == demo.ROOM).values(room=aside))
        work.session.execute(update(Room).where(Room.external_id == demo.ROOM).values(external_id=aside))
        known = PlatformIdentity.platform_user_id
        work.session.execute(update(PlatformIdentity).values(platform_user_id=aside + known))
        server.open_room(demo.INSTALL_ID, demo.ROOM, demo.TITLE)


class Crowd:
    """``app`` shares the database of the Sidestage that listens at ``url``."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.url = url
        self.access: dict[str, str] = {}

    def join(self, *names: str, role: Role = Role.LISTENER) -> None:
        """Let these people enter the audio room and open their panels."""
        for name in names:
            person = DemoPerson(name.lower().replace(" ", "-"), name, role, role.value)
            with self.app.app_context():
                install = demo.ensure(self.app.config["SIDESTAGE_SETTINGS"])
                with unit_of_work():
                    server.join(install.id, demo.ROOM, person.id, person.name, person.role)
                token = demo.token(install, person)
            body = {"install_id": demo.INSTALL_ID, "room": demo.ROOM, "token": token}
            self.access[name] = str(self.call(None, "POST", "/panel-sessions", body)["access_token"])

    def call(self, name: str | None, method: str, path: str, body: Json | None = None) -> Json:
        """Do one thing as this person; an error ends the test."""
        headers = {"Content-Type": "application/json"}
        if name is not None:
            headers["Authorization"] = f"Bearer {self.access[name]}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  # our own loopback address
            f"{self.url}/api/v1{path}", data=data, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            found: Json = json.loads(response.read() or b"{}")
            return found

    def ask(self, name: str, text: str, voice: str = "read", *, voters: int = 0) -> Json:
        """Ask as this person, and let the first ``voters`` others vote for it."""
        asked = self.call(
            name, "POST", "/questions", {"text": text, "voice": voice, "client_id": f"{name} {text}"[:60]}
        )
        for other in [one for one in self.access if one != name][:voters]:
            self.call(other, "PUT", f"/questions/{asked['id']}/vote")
        return asked
