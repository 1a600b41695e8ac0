"""Two web processes: whoever is demoted at one of them falls silent at the other within a second, and reads nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.room_host import RoomHost
from tests.realtime.panel_client import PanelClient
from tests.servers.panel import Panel
from tests.servers.sidestage_stack import SidestageStack

pytestmark = [pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(180)]

WORD = "canary-aubergine"


@pytest.fixture
def host(tmp_path: Path, redis_url: str) -> Iterator[RoomHost]:
    """A room server attached to a Sidestage of two web processes."""
    with SidestageStack(tmp_path, f"sqlite:///{tmp_path / 'sidestage.db'}", redis_url, web_processes=2) as stack:
        attached = RoomHost(stack).attach()
        yield attached
        attached.stop()


def talk_channel(panel: Panel) -> tuple[str, str]:
    """Return the hosts' conversation and the channel on which it is told now."""
    conversation_id = panel.bootstrap()["backchannel"]["conversation_id"]
    return conversation_id, panel.do("GET", f"/conversations/{conversation_id}")["channel"]


def say(panel: Panel, conversation_id: str, text: str) -> None:
    panel.do("POST", f"/conversations/{conversation_id}/messages", {"text": text, "client_id": text})


def test_a_demotion_silences_the_socket_of_another_process(host: RoomHost) -> None:
    host.open_room("evening")
    hana = host.enter("Hana", "host")
    cole = host.enter("Cole", "cohost", url=host.stack.urls[1])
    lina = host.enter("Lina", url=host.stack.urls[1])
    conversation_id, channel = talk_channel(cole)
    hears, listens = cole.listen(), lina.listen()
    hears.subscribe(channel, since=0)
    say(hana, conversation_id, f"before {WORD}")
    hears.wait_until(lambda frame: frame.get("channel") == channel and frame.get("name") == "messaging.message_sent")
    his = next(one for one in hana.bootstrap()["participants"] if one["name"] == "Cole")
    hana.do("PUT", f"/participants/{his['id']}/role", {"role": "listener"})
    demoted_at = time.monotonic()
    silenced = hears.wait_until(lambda frame: frame["type"] == "error" and frame.get("channel") == channel, 3)
    assert silenced["at"] - demoted_at < 1
    heard = len(hears.raw)
    for number in range(5):
        say(hana, conversation_id, f"after {number} {WORD}")
    hears.subscribe(channel, since=0)
    hears.subscribe(talk_channel(hana)[1], since=0)
    returning = PanelClient(cole, "", origin=cole.origin)
    returning.subscribe(f"inbox:{cole.bootstrap()['me']['account_id']}", since=0)
    returning.read_for(1)
    hears.read_for(1.5)
    assert WORD not in str(returning.frames)
    listens.read_for(1.5)
    assert WORD not in "".join(hears.raw[heard:])
    assert "messaging." not in "".join(listens.raw)
    for path in (f"/conversations/{conversation_id}", f"/conversations/{conversation_id}/messages"):
        assert cole.ask("GET", path).status_code == 404
    assert cole.do("GET", "/conversations")["items"] == []
