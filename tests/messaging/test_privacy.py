"""Who may not read a conversation cannot learn that it exists: every kind, every person, every route, every channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from plugin.core.actor import Actor, Role
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service
from plugin.messaging.channel_policy import POLICIES
from plugin.messaging.conversations import channel_of
from plugin.messaging.models import Conversation, Draft, Message, Reaction, ReadMarker
from plugin.realtime import channels
from plugin.realtime.push import Push, Revoke
from tests.messaging.cast import Cast
from tests.messaging.kinds import Direct

SECRET = "marzipan"

Body = Mapping[str, Any] | None
#: (method, path, body) of a request about a conversation and one of its messages.
Request = tuple[str, str, Body]


def requests(conversation_id: str, message_id: str) -> dict[str, Request]:
    """Return one request for each route that names a conversation or a message, by endpoint and method."""
    here, it = f"/conversations/{conversation_id}", f"/messages/{message_id}"
    return {
        "conversation GET": ("GET", here, None),
        "messages GET": ("GET", f"{here}/messages?after=0", None),
        "send POST": ("POST", f"{here}/messages", {"text": "hi", "client_id": uuid4().hex, "quote_id": message_id}),
        "pins GET": ("GET", f"{here}/pins", None),
        "mark_read PUT": ("PUT", f"{here}/read", {"seq": 1}),
        "mark_unread PUT": ("PUT", f"{here}/unread", {"seq": 1}),
        "save_draft PUT": ("PUT", f"{here}/draft", {"text": "hi"}),
        "mute PUT": ("PUT", f"{here}/mute", {"for": "1h"}),
        "archive PUT": ("PUT", f"{here}/archive", {}),
        "share_receipts PUT": ("PUT", f"{here}/receipts", {"is_shared": True}),
        "type_in POST": ("POST", f"{here}/typing", None),
        "message GET": ("GET", it, None),
        "edit PATCH": ("PATCH", it, {"text": "other"}),
        "edits GET": ("GET", f"{it}/edits", None),
        "react PUT": ("PUT", f"{it}/reactions/👍", None),
        "unreact DELETE": ("DELETE", f"{it}/reactions/👍", None),
        "pin PUT": ("PUT", f"{it}/pin", None),
        "unpin DELETE": ("DELETE", f"{it}/pin", None),
        "delete DELETE": ("DELETE", it, None),
    }


#: Routes that name nothing: they are asked for what is in their answers.
LISTS = {"conversations GET", "unread GET", "find GET"}


def test_every_route_has_a_row(cast: Cast, app: Flask) -> None:
    served = set()
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.partition(".")
        if blueprint == "messaging":
            served |= {f"{name} {method}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert served == set(requests("x", "y")) | LISTS


@dataclass
class Scene:
    """One conversation with a message in it, who may read it, and who may not."""

    conversation: Conversation
    author: Actor
    readers: list[Actor]
    outsiders: list[Actor]


def direct(cast: Cast) -> Scene:
    found = cast.direct(cast.hana, cast.lina)
    return Scene(found, cast.hana, [cast.hana, cast.lina], [cast.cole, cast.sam, cast.omar, cast.nadia, cast.zoe])


def group(cast: Cast, kind: str = "group") -> Scene:
    found = cast.group(cast.hana, cast.lina, cast.sam, kind=kind)
    with unit_of_work():
        conversations.dismiss(found.id, cast.sam.account_id)
    outsiders = [cast.cole, cast.sam, cast.omar, cast.nadia, cast.zoe]
    return Scene(found, cast.hana, [cast.hana, cast.lina], outsiders)


def follow_up(cast: Cast) -> Scene:
    return group(cast, "follow_up")


def backchannel(cast: Cast) -> Scene:
    found = cast.backchannel()
    cast.say(cast.cole, found, "Before")
    demoted = cast.becomes(cast.cole, Role.LISTENER)
    with unit_of_work():
        conversations.revoke(found.id, demoted.account_id)
    other_host = cast.becomes(cast.nadia, Role.HOST)
    producer = cast.becomes(cast.omar, Role.PRODUCER)
    return Scene(found, cast.hana, [cast.hana, producer], [demoted, cast.sam, cast.lina, other_host, cast.zoe])


SCENES: list[Callable[[Cast], Scene]] = [direct, group, follow_up, backchannel]


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def scene(request: pytest.FixtureRequest, cast: Cast) -> Scene:
    """One scene of each kind, with a secret in it."""
    made: Scene = request.param(cast)
    cast.say(made.author, made.conversation, f"The word is {SECRET}")
    with unit_of_work():
        service.react(made.author, _secret(made).id, "🎉")
    return made


def _secret(scene: Scene) -> Message:
    return session().scalars(select(Message).where(Message.text.contains(SECRET))).one()


def test_an_outsider_gets_404_everywhere_and_changes_nothing(cast: Cast, scene: Scene) -> None:
    message_id, before = _secret(scene).id, _rows()
    for outsider in scene.outsiders:
        real, made_up = requests(scene.conversation.id, message_id), requests("cnv_none", "msg_none")
        for name, (method, path, body) in real.items():
            answer = cast.ask(outsider, method, path, body)
            nothing = cast.ask(outsider, *made_up[name])
            assert answer.status_code == 404, (outsider.name, name)
            assert answer.get_data() == nothing.get_data(), (outsider.name, name)
    assert _rows() == before


def _rows() -> list[int]:
    session().rollback()
    return [len(session().scalars(select(table)).all()) for table in (Message, Reaction, ReadMarker, Draft)]


def test_an_outsiders_lists_and_searches_are_empty(cast: Cast, scene: Scene) -> None:
    for outsider in scene.outsiders:
        assert cast.get(outsider, "/conversations") == {"items": [], "next_cursor": None}
        assert cast.get(outsider, "/conversations/unread") == {"unread_conversations": 0}
        for query in (SECRET, "from:hana", f"in:{scene.conversation.id} {SECRET}", '"the word is"', f"{SECRET[:5]}"):
            assert cast.get(outsider, f"/search?q={query}")["items"] == [], (outsider.name, query)


def test_an_outsider_cannot_subscribe(cast: Cast, scene: Scene) -> None:
    found = session().get_one(Conversation, scene.conversation.id, populate_existing=True)
    for outsider in scene.outsiders:
        for number in range(found.channel_number + 2):
            assert not _may_hear(outsider, channels.conversation(found.id, number)), outsider.name
        assert not _may_hear(outsider, channels.inbox(scene.author.account_id))
        assert _may_hear(outsider, channels.inbox(outsider.account_id))


def test_a_reader_may_do_all_of_it(cast: Cast, scene: Scene) -> None:
    found = session().get_one(Conversation, scene.conversation.id, populate_existing=True)
    for reader in scene.readers:
        assert _may_hear(reader, channel_of(found))
        assert [item["id"] for item in cast.get(reader, "/conversations")["items"]] == [found.id]
        assert len(cast.get(reader, f"/search?q={SECRET}")["items"]) == 1
        said = cast.say(reader, scene.conversation, "mine")
        refused = {"pin PUT", "unpin DELETE"} if not _pins(scene, reader) else set()
        for name, (method, path, body) in requests(scene.conversation.id, said.id).items():
            status = cast.ask(reader, method, path, body).status_code
            assert status == 403 if name in refused else status < 300, (reader.name, name)


def _pins(scene: Scene, reader: Actor) -> bool:
    return scene.conversation.kind == "direct" or reader.is_hosting


def _may_hear(actor: Actor, channel: str) -> bool:
    try:
        return POLICIES[channel.partition(":")[0]](actor, channel)
    except NotFoundError:
        return False


def test_whoever_is_blocked_reads_and_cannot_write(cast: Cast, direct_kind: Direct) -> None:
    scene = direct(cast)
    sent = cast.say(cast.lina, scene.conversation)
    direct_kind.blockers.add(cast.hana.account_id)
    every = requests(scene.conversation.id, sent.id)
    for name in ("send POST", "edit PATCH", "react PUT", "type_in POST"):
        answer = cast.ask(cast.lina, *every[name])
        assert (answer.status_code, answer.get_json()["code"]) == (403, "not_taking_messages"), name
    full = cast.get(cast.lina, f"/conversations/{scene.conversation.id}")
    assert full["can"]["post"] is False and full["can"]["post_refusal"]["code"] == "not_taking_messages"
    assert cast.ask(cast.lina, *every["delete DELETE"]).status_code == 200


def test_a_newcomer_sees_nothing_from_before(cast: Cast) -> None:
    found = cast.group(cast.hana, cast.lina)
    old = cast.say(cast.hana, found, f"Old {SECRET}")
    former = channel_of(found)
    with unit_of_work():
        conversations.admit(found.id, cast.omar.account_id)
    new = cast.say(cast.hana, found, "New")
    full = cast.get(cast.omar, f"/conversations/{found.id}")
    assert (full["first_seq"], full["unread_count"], full["last_message"]["id"]) == (2, 1, new.id)
    for window in ("", "?after=0", "?before=2", "?around=1"):
        items = cast.get(cast.omar, f"/conversations/{found.id}/messages{window}")["items"]
        assert [item["id"] for item in items] in ([], [new.id]), window
    for name, (method, path, body) in requests("cnv_none", old.id).items():
        if "/messages/" in path:
            assert cast.ask(cast.omar, method, path, body).status_code == 404, name
    assert cast.ask(cast.omar, *requests(found.id, old.id)["send POST"]).status_code == 404  # it quotes the old one
    assert cast.get(cast.omar, f"/search?q={SECRET}")["items"] == []
    assert cast.get(cast.omar, "/search?q=new")["items"][0]["before"] == []
    assert not _may_hear(cast.omar, former)  # its log would tell what was said before


def test_somebody_let_in_with_history_sees_it(cast: Cast) -> None:
    found = cast.group(cast.hana, cast.lina)
    cast.say(cast.hana, found, SECRET)
    with unit_of_work():
        conversations.admit(found.id, cast.omar.account_id, sees_history=True)
    assert len(cast.get(cast.omar, f"/conversations/{found.id}/messages")["items"]) == 1
    assert len(cast.get(cast.omar, f"/search?q={SECRET}")["items"]) == 1


def test_an_edit_of_something_old_is_not_told_to_a_newcomer(cast: Cast, told: list[Any]) -> None:
    found = cast.group(cast.hana, cast.lina)
    old = cast.say(cast.hana, found, "Old")
    with unit_of_work():
        conversations.admit(found.id, cast.omar.account_id)
    told.clear()
    with unit_of_work():
        service.edit(cast.hana, old.id, text=f"Old {SECRET}")
    assert SECRET not in "".join(str(one.data) for one in told if isinstance(one, Push) and "inbox" not in one.channel)
    own = [one for one in told if isinstance(one, Push) and one.channel == channels.inbox(cast.omar.account_id)]
    assert SECRET not in str(own)


@pytest.mark.parametrize("kind", ["group", "backchannel"])
def test_who_is_put_out_is_silenced_in_the_same_transaction(cast: Cast, told: list[Any], kind: str) -> None:
    found = cast.backchannel() if kind == "backchannel" else cast.group(cast.hana, cast.cole)
    heard = channel_of(found)
    told.clear()
    if kind == "backchannel":
        cast.becomes(cast.cole, Role.LISTENER)
    with unit_of_work():
        verb = conversations.revoke if kind == "backchannel" else conversations.dismiss
        verb(found.id, cast.cole.account_id)
    assert Revoke(heard, cast.cole.account_id) in told
    gone = [one for one in told if isinstance(one, Push) and "removed" in one.data]
    assert [one.channel for one in gone] == [channels.inbox(cast.cole.account_id)]
    told.clear()
    cast.say(cast.hana, found, SECRET)
    names = {one.channel for one in told}
    assert heard not in names and channels.inbox(cast.cole.account_id) not in names


def test_nothing_about_the_backchannel_reaches_anybody_else(cast: Cast, told: list[Any]) -> None:
    found = cast.backchannel()
    told.clear()
    sent = cast.say(cast.hana, found, f"{SECRET} @Lina @hosts")
    for method, path, body in requests(found.id, sent.id).values():
        cast.ask(cast.cole, method, path, body)
    insiders = {channels.inbox(one.account_id) for one in (cast.hana, cast.cole)}
    assert {one.channel for one in told} <= insiders | {channel_of(found)}
    assert {"account_id": cast.lina.account_id, "name": "Lina"} not in sent.mentions
