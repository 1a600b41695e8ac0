"""Direct chats: one for two people, made by the first message, for acquaintances; refusals give nothing away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from plugin.chats.routing import ROUTING, Acquainted, Route
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging.models import Conversation
from plugin.rooms.models import Participant
from tests.chats.cast import Chats, refusal


def test_looking_makes_nothing_and_the_first_message_makes_the_chat(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    path = f"/chats/direct/{chats.omar.account_id}"
    before = chats.cast.get(chats.lina, path)
    assert before == {
        "person": {"account_id": chats.omar.account_id, "name": "Omar"},
        "conversation_id": None,
        "audience": {"kind": "direct", "count": 1, "names": ["Omar"]},
        "can": {"post": True, "post_refusal": None},
    }
    assert session().scalar(select(func.count()).select_from(Conversation)) == 0
    chat = chats.direct(chats.lina, chats.omar, "Thanks for letting me go first!")
    assert chats.cast.get(chats.lina, path)["conversation_id"] == chat
    (shown,) = chats.cast.get(chats.omar, "/conversations")["items"]
    assert (shown["id"], shown["kind"], shown["unread_count"]) == (chat, "direct", 1)
    assert chats.cast.get(chats.omar, "/conversations/unread") == {"unread_conversations": 1}


def test_two_people_have_one_chat_for_ever(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chat = chats.direct(chats.lina, chats.omar)
    assert chats.direct(chats.omar, chats.lina, "Hi") == chat
    with unit_of_work():
        session().execute(update(Participant).values(is_present=False))
    assert chats.direct(chats.lina, chats.omar, "Still there?") == chat
    assert chats.texts(chats.omar, chat) == ["Hello", "Hi", "Still there?"]


def test_the_same_client_id_says_it_once(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    one, two = (chats.write(chats.lina, chats.omar, client_id="c1").get_json() for _ in range(2))
    assert one["message"]["id"] == two["message"]["id"]
    assert chats.texts(chats.omar, one["conversation"]["id"]) == ["Hello"]


def test_both_write_first_at_the_same_moment(app: Flask, chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    path = "/api/v1/chats/direct/{}/messages"
    calls = [
        (path.format(other.account_id), chats.cast.headers(one), str(place))
        for place, (one, other) in enumerate([(chats.lina, chats.omar), (chats.omar, chats.lina)] * 3)
    ]

    def post(call: tuple[str, dict[str, str], str]) -> str:
        where, headers, client_id = call
        answer = app.test_client().post(where, json={"text": "Hi", "client_id": client_id}, headers=headers)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["conversation"]["id"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(post, calls))) == 1
    assert session().scalar(select(func.count()).select_from(Conversation)) == 1


@pytest.mark.parametrize("follows", ["neither", "sender", "other"])
def test_strangers_cannot_start_a_chat(chats: Chats, follows: str) -> None:
    if follows == "sender":
        chats.follow(chats.lina, chats.omar)
    if follows == "other":
        chats.follow(chats.omar, chats.lina)
    answer = chats.write(chats.lina, chats.omar)
    assert refusal(answer) == (403, "not_reachable")
    sentence = "Only people who follow each other or share a conversation can start a chat yet."
    assert answer.get_json()["detail"] == sentence
    shown = chats.cast.get(chats.lina, f"/chats/direct/{chats.omar.account_id}")
    assert shown["can"] == {"post": False, "post_refusal": {"code": "not_reachable", "message": sentence}}


def test_people_in_one_group_may_write_to_each_other(chats: Chats) -> None:
    chats.group(chats.hana, chats.lina, chats.omar)
    assert chats.write(chats.lina, chats.omar).status_code == 201


def test_an_accepted_chat_goes_on_without_following(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chats.direct(chats.lina, chats.omar)
    chats.cast.ask(chats.omar, "DELETE", f"/accounts/{chats.lina.account_id}/follow")
    assert chats.write(chats.lina, chats.omar, "Still me").status_code == 201


def test_a_blocked_stranger_reads_what_every_stranger_reads(chats: Chats) -> None:
    stranger = chats.write(chats.sam, chats.omar).get_json()
    chats.acquaint(chats.lina, chats.omar)
    chats.block(chats.omar, chats.lina)
    blocked = chats.write(chats.lina, chats.omar)
    assert (blocked.status_code, blocked.get_json()) == (403, stranger)
    shown = [chats.cast.get(one, f"/chats/direct/{chats.omar.account_id}") for one in (chats.sam, chats.lina)]
    assert shown[0] == shown[1]


def test_in_a_chat_a_block_leaves_what_stands_and_ends_writing_both_ways(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chat = chats.direct(chats.lina, chats.omar)
    chats.block(chats.omar, chats.lina)
    for answer in (chats.say(chats.lina, chat), chats.write(chats.lina, chats.omar)):
        assert refusal(answer) == (403, "not_taking_messages")
        assert answer.get_json()["detail"] == "Omar is not taking new messages."
    assert refusal(chats.say(chats.omar, chat)) == (403, "you_blocked")
    assert chats.texts(chats.lina, chat) == chats.texts(chats.omar, chat) == ["Hello"]
    chats.cast.ask(chats.omar, "DELETE", f"/accounts/{chats.lina.account_id}/block")
    assert chats.say(chats.lina, chat, "Again").status_code == 201


def test_nobody_writes_to_themselves_or_to_another_install(chats: Chats) -> None:
    assert refusal(chats.write(chats.lina, chats.lina)) == (409, "not_yourself")
    assert refusal(chats.write(chats.lina, chats.zoe)) == (404, "not_found")
    assert chats.cast.ask(chats.lina, "GET", f"/chats/direct/{chats.zoe.account_id}").status_code == 404


def test_an_empty_first_message_makes_no_chat(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    assert refusal(chats.write(chats.lina, chats.omar, " \u200b ")) == (422, "empty_message")
    assert chats.listed(chats.omar) == []
    assert session().scalar(select(func.count()).select_from(Conversation)) == 0


def test_whom_i_may_write_to(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar, chats.nadia, chats.sam)
    chats.follow(chats.lina, chats.hana)
    chats.block(chats.sam, chats.lina)

    def names(query: str = "") -> list[str]:
        return [one["name"] for one in chats.cast.get(chats.lina, f"/chats/people?q={query}")["items"]]

    assert names() == ["Nadia", "Omar"]
    assert names("om") == ["Omar"]
    assert names("%") == []


class RequestsFor:
    """What a later feature may answer: strangers' messages wait."""

    def route(self, actor: object, other: object) -> Route:
        return Route.REQUEST

    def reachable(self, actor: object) -> frozenset[str]:
        return frozenset()


def test_where_a_first_message_goes_is_asked_of_a_port(app: Flask, chats: Chats) -> None:
    assert isinstance(ROUTING.of(app), Acquainted)
    ROUTING.put(app, RequestsFor())
    chat = chats.direct(chats.lina, chats.omar)
    assert chats.cast.get(chats.omar, f"/conversations/{chat}")["state"] == "pending"
    assert chats.cast.get(chats.omar, "/conversations/unread") == {"unread_conversations": 0}


def test_other_people_do_not_learn_of_a_chat(chats: Chats) -> None:
    chats.acquaint(chats.lina, chats.omar)
    chat = chats.direct(chats.lina, chats.omar, "Between us")
    for other in (chats.hana, chats.nadia, chats.zoe):
        assert chats.listed(other) == []
        assert chats.cast.get(other, "/search?q=between")["items"] == []
        assert chats.say(other, chat).status_code == 404
