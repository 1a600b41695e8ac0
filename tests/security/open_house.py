"""The real application in one process, with two rooms, and everybody signed in by the front door."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from plugin.core.actor import Role
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import installs
from plugin.platforms.adapter import SecretKind
from plugin.platforms.generic import tokens
from plugin.platforms.models import Install
from plugin.platforms.registry import connection
from plugin.rooms.ports import Capability

API = "/api/v1"
ROOM, OTHER_ROOM = "ama-1400", "elsewhere"
#: Whom the matrix asks for each route, and as what the audio server's token names them.
PEOPLE: dict[str, tuple[str, str, Role, dict[str, bool]]] = {
    "host": ("Hana", ROOM, Role.HOST, {}),
    "cohost": ("Cole", ROOM, Role.COHOST, {}),
    "producer": ("Petra", ROOM, Role.PRODUCER, {}),
    "speaker": ("Sam", ROOM, Role.SPEAKER, {}),
    "listener": ("Omar", ROOM, Role.LISTENER, {}),
    "moderator": ("Mona", ROOM, Role.LISTENER, {"is_platform_moderator": True}),
    "stranger": ("Nadia", OTHER_ROOM, Role.LISTENER, {}),
    "host elsewhere": ("Nora", OTHER_ROOM, Role.HOST, {}),
    "asker": ("Lina", ROOM, Role.LISTENER, {}),
    "invited": ("Ivo", ROOM, Role.LISTENER, {}),
}
ROLES = ("nobody", "listener", "guest", "speaker", "producer", "cohost", "host", "moderator", "stranger")


@dataclass
class OpenHouse:
    """``tokens`` are access tokens by role, ``ids`` what a path may name: things of the room `ROOM`."""

    app: Flask
    install: Install
    tokens: dict[str, str] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    guest_token: str = ""

    def call(self, method: str, path: str, role: str = "nobody", body: Any = None, **headers: str) -> TestResponse:
        """Send one request as this role."""
        if role in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.app.test_client().open(path, method=method, json=body, headers=sent)
        answer.get_data()  # a file is read to its end here, else it stays open
        answer.close()
        return answer

    def done(self, method: str, path: str, role: str, body: Any = None, **headers: str) -> Any:
        """Send one request that must succeed."""
        answer = self.call(method, API + path, role, body, **headers)
        assert answer.status_code < 300, (method, path, role, answer.text)
        return answer.get_json(silent=True)

    def panel_token(self, role: str) -> str:
        """What the audio server's page would hold for this person now."""
        name, room, claimed, more = PEOPLE[role]
        return panel_token(self.install, name, room, claimed, **more)

    def sign_in(self, role: str) -> None:
        """Let the person in by the front door."""
        body = {"install_id": self.install.id, "room": PEOPLE[role][1], "token": self.panel_token(role)}
        answer = self.done("POST", "/panel-sessions", "nobody", body)
        self.tokens[role], self.refresh_tokens[role] = answer["access_token"], answer["refresh_token"]

    def me(self, role: str) -> dict[str, Any]:
        """Who that is here."""
        found: dict[str, Any] = self.done("GET", "/bootstrap", role)["me"]
        return found


def make_install(host_id: str = "https://rooms.test") -> Install:
    """Attach an audio server that can do everything."""
    with unit_of_work():
        return installs.create(
            "generic",
            host_id=host_id,
            origin="https://rooms.test",
            action_url="http://127.0.0.1:9/plugin-actions",
            allows_private_addresses=True,
            granted_actions=[capability.value for capability in Capability],
        )


def panel_token(install: Install, name: str, room: str, role: Role, **more: bool) -> str:
    """Sign a token as the audio server's page would."""
    secret = connection(install).secrets[SecretKind.PANEL][0]
    return tokens.mint(
        secret,
        install_id=install.id,
        issuer=install.host_id,
        room=room,
        user_id=name.lower(),
        name=name,
        role=role,
        **more,
    )


def open_house(app: Flask) -> OpenHouse:
    """Let everybody in; Lina asks and raises a hand, Ivo is invited onto the stage."""
    house = OpenHouse(app, make_install())
    for role in PEOPLE:
        house.sign_in(role)
    house.done("POST", "/session/transitions", "host", {"to": "live"})
    house.guest_token = house.done("POST", "/guest-links", "host")["guest_token"]
    guest = house.done("POST", "/guest-sessions", "nobody", {"guest_token": house.guest_token, "name": "Gus"})
    house.tokens["guest"], house.refresh_tokens["guest"] = guest["access_token"], guest["refresh_token"]
    asked = {"text": "Will it run on our own servers?", "voice": "read", "client_id": uuid4().hex}
    question = house.done("POST", "/questions", "asker", asked)
    hand = house.done("POST", "/hands", "asker", {"reason": "I have seen it fail"})
    invited = house.me("invited")["participant_id"]
    turn = house.done("POST", "/stage-turns", "host", {"participant_id": invited})
    conversation = house.done("GET", "/bootstrap", "host")["backchannel"]["conversation_id"]
    said = {"text": "Q1 next?", "client_id": uuid4().hex}
    message = house.done("POST", f"/conversations/{conversation}/messages", "host", said)
    house.ids = {
        "conversation_id": conversation,
        "message_id": message["id"],
        "emoji": "👍",
        "account_id": house.me("asker")["account_id"],
        "question_id": question["id"],
        "number": question["number"],
        "hand_id": hand["id"],
        "turn_id": turn["id"],
        "participant_id": house.me("asker")["participant_id"],
        "install_id": house.install.id,
        "kind": "generic",
        "who": "hana",
        "version": "0",
        "path": "panel.js",
        "filename": "demo.js",
    }
    return house
