"""An evening in a LiveKit room: the audio server, a whole Sidestage attached to it, and the people in it."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import requests

from tests.journeys.panel_client import PanelClient
from tests.servers.audio_client import AudioClient, ClientLoop
from tests.servers.livekit import KEY, SECRET, Audience, LiveKitServer, join_token
from tests.servers.sidestage_stack import REPOSITORY, SidestageStack

ROLE = {"sidestage_role": "host"}


@dataclass
class Person:
    """Somebody with an audio connection and, mostly, a panel."""

    audio: AudioClient
    panel: PanelClient


class Evening:
    """One LiveKit server and one Sidestage, attached as an admin attaches them; each evening has a room of its own."""

    _numbers = itertools.count(1)

    def __init__(self, livekit: LiveKitServer, sidestage: SidestageStack, install_id: str, loop: ClientLoop) -> None:
        self.livekit = livekit
        self.sidestage = sidestage
        self.install_id = install_id
        self.room = f"evening-{next(self._numbers)}"
        self.people = Audience(livekit.url, loop)

    def host_token(self, identity: str) -> str:
        """The token of somebody who hosts."""
        return join_token(self.room, identity, can_publish=True, attributes=ROLE)

    def listener_token(self, identity: str) -> str:
        """The token of somebody who may listen."""
        return join_token(self.room, identity)

    def host(self, identity: str) -> Person:
        """Somebody whose token says that they host."""
        return self._person(self.host_token(identity))

    def listener(self, identity: str, *, has_panel: bool = True) -> Person:
        """Somebody who may listen."""
        return self._person(self.listener_token(identity), has_panel=has_panel)

    def _person(self, token: str, *, has_panel: bool = True) -> Person:
        audio = self.people.join_with(token)
        panel = self.panel(token) if has_panel else None
        return Person(audio, panel)  # type: ignore[arg-type]  # who has no panel is not asked for it

    def panel(self, token: str) -> PanelClient:
        """A panel signed in with the token of the page."""
        return PanelClient(self.sidestage.url, self.install_id, self.room, token)

    def forge_webhook(self, event: str, identity: str) -> requests.Response:
        """Send a webhook as somebody would who has a join token but no secret."""
        return requests.post(
            f"{self.sidestage.url}/hooks/{self.install_id}/livekit",
            json={
                "event": event,
                "room": {"name": self.room},
                "participant": {"identity": identity},
                "id": "EV_forged",
            },
            headers={"Authorization": join_token(self.room, identity), "Content-Type": "application/webhook+json"},
            timeout=10,
        )

    def end(self) -> None:
        """Everybody goes home."""
        self.people.leave()


def attach(sidestage: SidestageStack, livekit: LiveKitServer, origin: str) -> str:
    """Attach as an admin does: run the wizard, paste its lines into livekit.yaml, restart; return the install's id."""
    command = [
        *(sys.executable, "-m", "plugin", "install", "livekit"),
        *("--url", livekit.url, "--key", KEY, "--origin", origin, "--wait", "0"),
    ]
    environment = {**os.environ, **sidestage.environment, "LIVEKIT_API_SECRET": SECRET}
    told = subprocess.run(
        command, check=False, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0, told.stdout + told.stderr
    livekit.configure(snippet_in(told.stdout))
    livekit.restart()
    found = re.search(r"\bins_[a-z0-9]+", told.stdout)
    assert found, told.stdout
    assert f"{sidestage.url}/panel/{found[0]}" in told.stdout
    return found[0]


def snippet_in(told: str) -> str:
    """The lines for livekit.yaml among what the wizard printed."""
    lines = told.splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == "webhook:")
    section = [lines[start], *itertools.takewhile(lambda line: line[:1] == " ", lines[start + 1 :])]
    return "\n".join(section) + "\n"
