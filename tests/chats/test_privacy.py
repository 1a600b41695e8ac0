"""Who may do what in whose chat: every kind of person × every route, and the socket's channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from plugin.core.actor import Actor
from plugin.core.errors import NotFoundError
from plugin.messaging import channel_policy
from tests.chats.cast import Chats, ids

#: What nobody outside may even learn to exist; ``{chat}``, ``{message}`` and ``{other}`` are real ids.
READING = [
    "/conversations/{chat}",
    "/conversations/{chat}/messages",
    "/conversations/{chat}/pins",
    "/messages/{message}",
    "/messages/{message}/edits",
]
WRITING: list[tuple[str, str, Any]] = [
    ("POST", "/conversations/{chat}/messages", {"text": "Hi", "client_id": "{new}"}),
    ("PUT", "/conversations/{chat}/read", {"seq": 1}),
    ("PUT", "/conversations/{chat}/draft", {"text": "hm"}),
    ("PUT", "/conversations/{chat}/mute", {"for": "1h"}),
    ("POST", "/conversations/{chat}/typing", None),
    ("PUT", "/messages/{message}/reactions/👍", None),
    ("PUT", "/messages/{message}/pin", None),
    ("DELETE", "/messages/{message}", None),
]
RUNNING: list[tuple[str, str, Any]] = [
    ("GET", "/chats/groups/{chat}", None),
    ("PATCH", "/chats/groups/{chat}", {"name": "Mine"}),
    ("POST", "/chats/groups/{chat}/members", {"account_ids": ["{other}"]}),
    ("DELETE", "/chats/groups/{chat}/members/{other}", None),
    ("PUT", "/chats/groups/{chat}/members/{other}/role", {"role": "moderator"}),
    ("DELETE", "/chats/groups/{chat}/members/me", None),
]
OUTSIDERS = ["left", "removed", "asked", "stranger", "elsewhere", "other install"]


class Group:
    """Hana's group with Lina, and the people around it."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats
        self.id = chats.group(chats.hana, chats.lina, chats.omar, chats.sam, name="Secret garden")
        sent = chats.say(chats.lina, self.id, "The password is swordfish").get_json()
        self.values = {"chat": self.id, "message": sent["id"], "other": chats.lina.account_id}
        chats.cast.ask(chats.omar, "DELETE", f"/chats/groups/{self.id}/members/me")
        chats.cast.ask(chats.hana, "DELETE", f"/chats/groups/{self.id}/members/{chats.sam.account_id}")
        self.people: Mapping[str, Actor] = {
            "left": chats.omar,
            "removed": chats.sam,
            "asked": chats.nadia,
            "stranger": chats.cole,
            "elsewhere": chats.nadia,
            "other install": chats.zoe,
        }

    def ask_in(self, who: str) -> None:
        """Ask Nadia in, when the test is about that."""
        if who == "asked":
            assert self.chats.add(self.chats.hana, self.id, self.chats.nadia).status_code == 200

    def status(self, actor: Actor, method: str, path: str, body: Any = None) -> int:
        """Return what a route says to somebody."""
        values = self.values | {"new": uuid4().hex}
        return self.chats.cast.ask(actor, method, path.format(**values), filled(body, values)).status_code


def filled(body: Any, values: Mapping[str, str]) -> Any:
    """Return the body with the real ids in it."""
    if isinstance(body, str):
        return body.format(**values)
    if isinstance(body, list):
        return [filled(one, values) for one in body]
    return {key: filled(one, values) for key, one in body.items()} if isinstance(body, dict) else body


@pytest.fixture
def group(chats: Chats) -> Group:
    """A group with something in it."""
    return Group(chats)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outside_a_group_nothing_of_it_exists(group: Group, who: str) -> None:
    group.ask_in(who)
    actor, chats = group.people[who], group.chats
    for path in READING:
        assert group.status(actor, "GET", path) == 404, path
    for method, path, body in [*WRITING, *RUNNING]:
        assert group.status(actor, method, path, body) == 404, f"{method} {path}"
    assert group.id not in chats.listed(actor)
    assert chats.cast.get(actor, "/search?q=swordfish")["items"] == []
    bootstrap = chats.cast.ask(actor, "GET", "/bootstrap").text
    assert "swordfish" not in bootstrap
    assert ("Secret garden" in bootstrap) is (who == "asked")
    assert not may_hear(actor, channel_of(group))


def test_inside_a_group_members_read_and_write_and_do_not_run_it(group: Group) -> None:
    lina = group.chats.lina
    assert [group.status(lina, "GET", path) for path in READING] == [200] * len(READING)
    assert [group.status(lina, *one) for one in WRITING[:6]] == [201, 200, 200, 200, 204, 200]
    assert [group.status(lina, *one) for one in RUNNING[1:5]] == [403] * 4
    assert may_hear(lina, channel_of(group))


def test_who_left_does_not_hear_the_old_channel_either(group: Group) -> None:
    number = int(channel_of(group).rpartition(":")[2])
    for actor in (group.chats.omar, group.chats.sam):
        for old in range(1, number + 1):
            assert not may_hear(actor, f"conversation:{group.id}:{old}")


def channel_of(group: Group) -> str:
    """Return the channel as a member sees it."""
    return str(group.chats.cast.get(group.chats.hana, f"/conversations/{group.id}")["channel"])


def may_hear(actor: Actor, channel: str) -> bool:
    """Whether the socket would let somebody subscribe."""
    try:
        return channel_policy.may_hear_conversation(actor, channel)
    except NotFoundError:
        return False


def test_a_direct_chat_is_for_two(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chat = chats.direct(chats.lina, chats.omar, "The password is swordfish")
    shown = chats.cast.get(chats.omar, f"/conversations/{chat}/messages")
    values = {"chat": chat, "message": shown["items"][0]["id"], "new": "n", "other": chats.omar.account_id}
    for actor in (chats.hana, chats.sam, chats.nadia, chats.zoe):
        for path in READING:
            assert chats.cast.ask(actor, "GET", path.format(**values)).status_code == 404
        for method, path, body in [*WRITING, *RUNNING]:
            assert chats.cast.ask(actor, method, path.format(**values), filled(body, values)).status_code == 404
        assert not may_hear(actor, shown["channel"]["name"])
    assert may_hear(chats.omar, shown["channel"]["name"])


def test_a_direct_chat_is_no_group(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chat = chats.direct(chats.lina, chats.omar)
    values = {"chat": chat, "other": chats.omar.account_id}
    for method, path, body in RUNNING:
        assert chats.cast.ask(chats.lina, method, path.format(**values), filled(body, values)).status_code == 404
    assert chats.add(chats.lina, chat, chats.sam).status_code == 404


def test_quotes_and_requests_of_others_are_out_of_reach(chats: Chats) -> None:
    group = Group(chats)
    chats.acquaint(chats.cole, chats.nadia)
    chat = chats.direct(chats.cole, chats.nadia)
    body = {"text": "Look", "client_id": "q", "quote_id": group.values["message"]}
    assert chats.cast.ask(chats.cole, "POST", f"/conversations/{chat}/messages", body).status_code == 404
    chats.add(chats.hana, group.id, chats.nadia)
    for verb in ("accept", "decline"):
        assert chats.cast.ask(chats.cole, "POST", f"/chats/requests/{group.id}/{verb}").status_code == 404
    assert [one["id"] for one in chats.requests(chats.nadia)] == [group.id]
    assert (
        chats.cast.ask(
            chats.hana, "POST", f"/chats/groups/{group.id}/members", {"account_ids": ids(chats.zoe)}
        ).status_code
        == 404
    )
