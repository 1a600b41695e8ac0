"""The home-grown server of docs/adapters/generic.md with people in its room, attached to a whole Sidestage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import requests
from standardwebhooks.webhooks import Webhook

from plugin.core.actor import Role
from plugin.platforms.generic import tokens
from tests.platforms.home_grown_host import HomeGrownHost
from tests.servers.panel import Panel
from tests.servers.sidestage_stack import REPOSITORY, SidestageStack

ROOM = "ama-1400"
EVENTS = ["room.started", "room.ended", "participant.joined", "participant.left", "participant.role"]
ACTIONS = ["participant.promote", "participant.demote", "participant.list", "participant.mute", "room.notice"]


class RoomHost(HomeGrownHost):
    """While ``is_slow``, a promotion is only *pending* until the test calls `let_speak`; `hold` lets actions wait."""

    def __init__(self, stack: SidestageStack) -> None:
        super().__init__("whsec_" + "A" * 32)
        self.stack, self.is_slow, self.room = stack, False, ROOM
        self.installed: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._goes_on = threading.Event()
        self._goes_on.set()

    def attach(self) -> RoomHost:
        """Install Sidestage with a one-time code, verify both directions, and open the room."""
        self.start()
        offer = {
            "setup_code": _setup_code(self.stack),
            "host_id": "https://rooms.test",
            "origin": "http://127.0.0.1:8000",
            "action_url": self.url,
            "offers": {"events": [*EVENTS, "participant.muted"], "actions": ACTIONS},
        }
        answer = requests.post(f"{self.stack.url}/api/v1/installs", json=offer, timeout=15)
        assert answer.status_code == 201, answer.text
        self.installed = answer.json()
        self.actions_secret = self.installed["action_secret"]
        self.open_room(ROOM)
        self._verify()
        return self

    def open_room(self, room: str) -> None:
        """Begin an evening; everything from here on happens in this room."""
        self.room = room
        self.rooms[room] = {}
        self.tell({"type": "room.started", "room": room, "room_title": "Product AMA with Hana"})

    def _verify(self) -> None:
        body = json.dumps({"type": "install.verify"}, separators=(",", ":"))
        address = f"{self.stack.url}/api/v1/installs/{self.installed['install_id']}/verify"
        answer = requests.post(address, data=body, headers=self.signed(body), timeout=15)
        assert (answer.status_code, answer.json()["status"]) == (200, "active"), answer.text

    def tell(self, event: dict[str, Any], *, event_id: str | None = None, url: str | None = None) -> requests.Response:
        """Send a signed event to one of the web processes."""
        body = json.dumps({"occurred_at": datetime.now(UTC).timestamp(), **event})
        address = f"{url or self.stack.url}/hooks/{self.installed['install_id']}/generic"
        answer = requests.post(address, data=body, headers=self.signed(body, event_id), timeout=15)
        assert answer.status_code == 200, answer.text
        return answer

    def signed(self, body: str, event_id: str | None = None) -> dict[str, str]:
        """Headers that prove a body to be ours."""
        message_id, at = event_id or uuid4().hex, datetime.now(UTC)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(self.installed["event_secret"]).sign(message_id, at, body),
            "content-type": "application/json",
        }

    def join(self, name: str, role: str = "listener", *, url: str | None = None) -> None:
        """Let a person into the audio room."""
        speaks = role in {"host", "cohost", "speaker"}
        person: dict[str, Any] = {"id": name.lower(), "name": name, "role": role, "can_speak": speaks, "is_muted": True}
        self.rooms[self.room][person["id"]] = person
        self.tell({"type": "participant.joined", "room": self.room, "participant": person}, url=url)

    def leave(self, name: str) -> None:
        """Let a person go."""
        del self.rooms[self.room][name.lower()]
        self.tell({"type": "participant.left", "room": self.room, "participant": {"id": name.lower()}})

    def panel(self, name: str, role: str = "listener", *, url: str | None = None, room: str = "") -> Panel:
        """The person's panel, opened with a token that our page got from us."""
        token = tokens.mint(
            self.installed["panel_secret"],
            install_id=self.installed["install_id"],
            issuer="https://rooms.test",
            room=room or self.room,
            user_id=name.lower(),
            name=name,
            role=Role(role),
        )
        return Panel(
            url or self.stack.url, self.installed["install_id"], room or self.room, token, origin=self.stack.url
        )

    def enter(self, name: str, role: str = "listener", *, url: str | None = None) -> Panel:
        """Join the audio room and open the panel."""
        self.join(name, role)
        return self.panel(name, role, url=url)

    def let_speak(self, name: str) -> None:
        """The audio side is done: the person can be heard from now on."""
        person = self.rooms[self.room][name.lower()]
        person["can_speak"] = True
        told = {"id": person["id"], "can_speak": True, "role": "speaker"}
        self.tell({"type": "participant.role", "room": self.room, "participant": told})

    def open_microphone(self, name: str) -> None:
        """The person can be heard."""
        told = {"id": name.lower(), "is_muted": False}
        self.tell({"type": "participant.muted", "room": self.room, "participant": told})

    def asked_to(self, verb: str, name: str | None = None) -> list[dict[str, Any]]:
        """What we were asked to do, of one kind."""
        user_id = name.lower() if name else None
        return [
            action
            for action in list(self.requests)
            if action["type"] == verb and user_id in (None, (action.get("participant") or {}).get("id"))
        ]

    def hold(self) -> None:
        """Take actions and do nothing about them until `let_go`."""
        self._goes_on.clear()

    def let_go(self) -> None:
        """Do what is waiting."""
        self._goes_on.set()

    def _act(self, action: dict[str, Any]) -> dict[str, Any]:
        self._goes_on.wait(20)
        with self._lock:
            if self.is_slow and action["type"] == "participant.promote":
                return {"status": "pending"}
            return super()._act(action)


def _setup_code(stack: SidestageStack) -> str:
    command = [sys.executable, "-m", "plugin", "setup-code", "--allow-private"]
    environment = {**os.environ, **stack.environment}
    told = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()
