"""To everybody who is not backstage the hosts' conversation does not exist: not by words, counts, numbers or typing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.core.actor import Actor
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import shelf
from plugin.messaging.conversations import channel_of
from plugin.realtime import channel_log
from plugin.rooms import people
from tests.backchannel.hosts import Hosts

WORD = "canary-aubergine"


def everything(hosts: Hosts, actor: Actor) -> str:
    """Return every answer that a panel of this person can get."""
    paths = (
        "/bootstrap",
        "/session",
        "/participants",
        "/questions",
        "/conversations",
        "/conversations/unread",
        f"/search?q={WORD}",
        f"/search?q=from:Hana {WORD[:6]}",
    )
    return json.dumps([hosts.ask(actor, "GET", path).get_json() for path in paths])


def test_hosts_can_talk_while_nothing_moves_for_the_audience(hosts: Hosts) -> None:
    cole, lina, sam = hosts.house.cole(), hosts.house.lina(), hosts.house.sam()
    people_outside = (lina, sam)
    before = [everything(hosts, person) for person in people_outside]
    numbers = [channel_log.latest(_channels(hosts, person)) for person in people_outside]
    hosts.commits.clear()
    sent = hosts.say(hosts.hana, f"Q9 next? {WORD}")
    hosts.say(cole, f"Mine, {WORD} @Lina")
    with unit_of_work():
        shelf.type_in(cole, hosts.conversation_id)
    assert hosts.ask(hosts.hana, "PUT", f"/messages/{sent.id}/reactions/👍").status_code == 200
    assert hosts.ask(hosts.hana, "PUT", f"/messages/{sent.id}/pin").status_code == 200
    assert hosts.ask(cole, "DELETE", f"/messages/{sent.id}").status_code == 200
    assert [everything(hosts, person) for person in people_outside] == before
    assert [channel_log.latest(_channels(hosts, person)) for person in people_outside] == numbers
    assert WORD not in "".join(before)
    heard = {frame["channel"].split(":")[0] for frame in hosts.told}
    assert heard == {"conversation", "inbox"}
    assert {frame["channel"] for frame in hosts.told if frame["channel"].startswith("inbox:")} == {
        f"inbox:{hosts.hana.account_id}",
        f"inbox:{cole.account_id}",
    }


def _channels(hosts: Hosts, actor: Actor) -> list[str]:
    return [channel["name"] for channel in hosts.ask(actor, "GET", "/bootstrap").get_json()["channels"]]


def test_the_first_answer_does_not_even_name_it(hosts: Hosts) -> None:
    lina = hosts.house.lina()
    assert "backchannel" not in everything(hosts, lina)
    assert "backchannel" in everything(hosts, hosts.hana)


def test_every_door_says_that_there_is_nothing(hosts: Hosts) -> None:
    lina = hosts.house.lina()
    sent = hosts.say(hosts.hana, WORD)
    conversation = hosts.conversation
    there, nowhere = f"/conversations/{conversation.id}", "/conversations/cnv_nothing"
    message, nothing = f"/messages/{sent.id}", "/messages/msg_nothing"
    text = {"text": "Hello", "client_id": "one"}
    doors: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("GET", "/pins", None),
        ("POST", "/messages", text),
        ("POST", "/typing", None),
        ("PUT", "/read", {"seq": 1}),
        ("PUT", "/unread", {"seq": 1}),
        ("PUT", "/draft", {"text": "Hello"}),
        ("PUT", "/mute", {"for": "1h"}),
        ("PUT", "/archive", {"is_archived": True}),
        ("PUT", "/receipts", {"is_shared": True}),
    ]
    for method, rest, body in doors:
        _same(hosts, lina, method, there + rest, nowhere + rest, body)
    for method, rest, body in [
        ("GET", "", None),
        ("GET", "/edits", None),
        ("PATCH", "", {"text": "Hello"}),
        ("DELETE", "", None),
        ("PUT", "/pin", None),
        ("PUT", "/reactions/👍", None),
    ]:
        _same(hosts, lina, method, message + rest, nothing + rest, body)
    hosts.house.join("Lina")
    assert channel_of(conversation).startswith("conversation:")


def _same(hosts: Hosts, actor: Actor, method: str, there: str, nowhere: str, body: Any) -> None:
    answers = [hosts.ask(actor, method, path, body) for path in (there, nowhere)]
    assert [answer.status_code for answer in answers] == [404, 404], there
    assert answers[0].get_json() == answers[1].get_json(), there


def test_a_removed_listener_is_told_nothing_of_it(hosts: Hosts) -> None:
    lina = hosts.house.lina()
    hosts.say(hosts.hana, WORD)
    before = channel_of(hosts.conversation)
    hosts.commits.clear()
    with unit_of_work():
        people.remove(hosts.hana, lina.participant_id)
    assert channel_of(hosts.conversation) == before
    assert not any(str(frame.get("name", "")).startswith("messaging.") for frame in hosts.told)


@pytest.mark.parametrize("role", ["cohost", "listener"])
def test_nobody_of_another_room_reads_it(hosts: Hosts, role: str) -> None:
    nadia = hosts.house.enter("Nadia", room="elsewhere", role=role)
    assert hosts.ask(nadia, "GET", f"/conversations/{hosts.conversation_id}").status_code == 404
