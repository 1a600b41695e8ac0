"""Groups: three to fifteen, run by moderators, joined only by those who want to."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from plugin.accounts.models import Account
from plugin.chats import policy
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging.models import Conversation
from plugin.rooms.models import Participant, Room, RoomSession
from tests.chats.cast import Chats, ids, refusal
from tests.qa.cast import enter


def test_followers_are_in_and_everybody_else_is_asked(chats: Chats) -> None:
    chats.follow(chats.lina, chats.hana)
    answer = chats.start(chats.hana, chats.lina, chats.omar, name="  After \u202ethe AMA ")
    assert answer.status_code == 201
    group = answer.get_json()
    conversation = group["conversation"]
    assert (conversation["name"], conversation["kind"], group["history"]) == ("After the AMA", "group", "joining")
    assert chats.members(chats.hana, conversation["id"]) == {"Hana": "moderator", "Lina": "member"}
    assert group["asked"] == [{"account_id": chats.omar.account_id, "name": "Omar"}]
    assert chats.listed(chats.lina) == [conversation["id"]]
    assert chats.listed(chats.omar) == []
    (request,) = chats.requests(chats.omar)
    assert request | {"invited_at": ""} == {
        "id": conversation["id"],
        "name": "After the AMA",
        "invited_by": {"account_id": chats.hana.account_id, "name": "Hana"},
        "invited_at": "",
        "member_count": 2,
    }
    assert chats.cast.get(chats.omar, "/conversations/unread") == {"unread_conversations": 0}
    assert chats.cast.get(chats.lina, f"/chats/groups/{conversation['id']}")["asked"] == [], "members do not see it"


def test_who_accepts_is_in_and_sees_what_comes_from_now_on(chats: Chats) -> None:
    group = chats.start(chats.hana, chats.lina, chats.omar).get_json()["conversation"]["id"]
    chats.say(chats.hana, group, "Before")
    assert chats.cast.ask(chats.omar, "GET", f"/conversations/{group}").status_code == 404
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept").status_code == 200
    chats.say(chats.hana, group, "After")
    assert chats.texts(chats.omar, group) == ["After"]
    assert chats.requests(chats.omar) == []
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept").status_code == 404


def test_history_may_be_shown_to_those_added_later(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    chats.say(chats.hana, group, "Before")
    chats.follow(chats.sam, chats.hana)
    answer = chats.cast.ask(chats.hana, "PATCH", f"/chats/groups/{group}", {"history": "all"})
    assert answer.get_json()["history"] == "all"
    assert chats.add(chats.hana, group, chats.sam).status_code == 200
    assert chats.texts(chats.sam, group) == ["Before"]


def test_who_declines_is_not_asked_again(chats: Chats) -> None:
    group = chats.start(chats.hana, chats.lina, chats.omar).get_json()["conversation"]["id"]
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/decline").status_code == 204
    assert chats.requests(chats.omar) == []
    assert refusal(chats.add(chats.hana, group, chats.omar)) == (403, "cannot_be_added")
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept").status_code == 404


def test_a_question_can_be_taken_back(chats: Chats) -> None:
    group = chats.start(chats.hana, chats.lina, chats.omar).get_json()["conversation"]["id"]
    path = f"/chats/groups/{group}/members/{chats.omar.account_id}"
    assert [one["name"] for one in chats.cast.ask(chats.hana, "DELETE", path).get_json()["asked"]] == ["Lina"]
    assert chats.requests(chats.omar) == []
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept").status_code == 404


def crowd(chats: Chats, count: int) -> list[Actor]:
    """Let more people into the room, who follow Hana."""
    with unit_of_work():
        place = (session().get_one(Room, chats.hana.room_id), session().get_one(RoomSession, chats.hana.session_id))
        people = [enter(place, f"Guest {number}") for number in range(count)]
    for one in people:
        chats.follow(one, chats.hana)
    return people


def test_three_to_fifteen_people(chats: Chats) -> None:
    people = crowd(chats, 15)
    assert refusal(chats.start(chats.hana, people[0])) == (422, "group_size")
    assert refusal(chats.start(chats.hana, people[0], people[0], chats.hana)) == (422, "group_size")
    assert refusal(chats.start(chats.hana, *people)) == (422, "group_size")
    group = chats.start(chats.hana, *people[:13], chats.omar).get_json()["conversation"]["id"]
    assert refusal(chats.add(chats.hana, group, people[14])) == (422, "group_size"), "who was asked has a place"
    assert chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept").status_code == 200
    assert len(chats.members(chats.hana, group)) == 15


def test_only_moderators_add_remove_rename_and_appoint(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    lina = chats.lina.account_id
    tries = [
        ("POST", f"/chats/groups/{group}/members", {"account_ids": ids(chats.sam)}),
        ("DELETE", f"/chats/groups/{group}/members/{lina}", None),
        ("PATCH", f"/chats/groups/{group}", {"name": "Mine"}),
        ("PUT", f"/chats/groups/{group}/members/{lina}/role", {"role": "moderator"}),
    ]
    for method, path, body in tries:
        assert refusal(chats.cast.ask(chats.omar, method, path, body)) == (403, "not_moderator")
    appointed = chats.cast.ask(chats.hana, "PUT", f"/chats/groups/{group}/members/{lina}/role", {"role": "moderator"})
    assert appointed.status_code == 200
    renamed = chats.cast.ask(chats.lina, "PATCH", f"/chats/groups/{group}", {"name": "Ours"})
    assert renamed.get_json()["conversation"]["name"] == "Ours"
    assert chats.members(chats.omar, group) == {"Hana": "moderator", "Lina": "moderator", "Omar": "member"}


def test_one_moderator_always_stays(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    path = f"/chats/groups/{group}/members/{chats.hana.account_id}"
    assert refusal(chats.cast.ask(chats.hana, "PUT", f"{path}/role", {"role": "member"})) == (409, "last_moderator")
    assert refusal(chats.cast.ask(chats.hana, "DELETE", path)) == (409, "not_yourself")


def test_the_last_moderator_hands_over_to_the_longest_member(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    with time_machine.travel(now() + timedelta(minutes=1)):
        chats.follow(chats.sam, chats.hana)
        chats.add(chats.hana, group, chats.sam)
    chats.cast.ask(chats.lina, "DELETE", f"/chats/groups/{group}/members/me")
    assert chats.cast.ask(chats.hana, "DELETE", f"/chats/groups/{group}/members/me").status_code == 204
    assert chats.members(chats.omar, group) == {"Omar": "moderator", "Sam": "member"}
    assert chats.listed(chats.hana) == []


def test_the_last_member_closes_the_group_and_what_it_asked(chats: Chats) -> None:
    group = chats.start(chats.hana, chats.lina, chats.omar).get_json()["conversation"]["id"]
    chats.cast.ask(chats.hana, "DELETE", f"/chats/groups/{group}/members/me")
    assert chats.requests(chats.lina) == chats.requests(chats.omar) == []
    assert session().scalar(select(Conversation.state).where(Conversation.id == group)) == "closed"


def test_who_was_put_out_comes_back_only_if_they_want_to(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    chats.cast.ask(chats.hana, "DELETE", f"/chats/groups/{group}/members/{chats.omar.account_id}")
    chats.say(chats.hana, group, "Without Omar")
    assert chats.add(chats.hana, group, chats.omar).status_code == 200
    assert chats.listed(chats.omar) == []
    chats.cast.ask(chats.omar, "POST", f"/chats/requests/{group}/accept")
    assert chats.texts(chats.omar, group) == []


def test_blocked_people_cannot_be_added_and_only_who_knows_is_told_why(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar)
    chats.block(chats.hana, chats.sam)
    chats.block(chats.nadia, chats.hana)
    assert refusal(chats.add(chats.hana, group, chats.sam)) == (403, "you_blocked")
    answer = chats.add(chats.hana, group, chats.nadia)
    assert refusal(answer) == (403, "cannot_be_added")
    assert answer.get_json()["detail"] == "Nadia cannot be added."
    assert refusal(chats.start(chats.hana, chats.lina, chats.nadia)) == (403, "cannot_be_added")


def test_a_later_block_leaves_both_in_and_names_the_groups_to_leave(chats: Chats) -> None:
    group = chats.group(chats.hana, chats.lina, chats.omar, name="Ours")
    chats.block(chats.lina, chats.omar)
    assert set(chats.members(chats.lina, group)) == {"Hana", "Lina", "Omar"}
    assert chats.say(chats.omar, group).status_code == chats.say(chats.lina, group).status_code == 201
    shared = chats.cast.get(chats.lina, f"/chats/groups/shared/{chats.omar.account_id}")
    assert shared["items"] == [{"id": group, "name": "Ours"}]
    assert chats.cast.get(chats.lina, "/bootstrap")["relations"]["blocked"] == [chats.omar.account_id]


@pytest.mark.parametrize(
    ("invites", "follows", "status"), [("followed", False, 403), ("followed", True, 201), ("nobody", True, 403)]
)
def test_who_may_add_me_to_groups_is_my_choice(chats: Chats, invites: str, follows: bool, status: int) -> None:
    answer = chats.cast.ask(chats.omar, "PUT", "/chats/preferences", {"group_invites": invites})
    assert answer.get_json() == {"group_invites": invites}
    assert chats.cast.get(chats.omar, "/bootstrap")["chats"]["group_invites"] == invites
    if follows:
        chats.follow(chats.omar, chats.hana)
    assert chats.start(chats.hana, chats.lina, chats.omar).status_code == status


def test_guests_start_nothing_and_are_added_to_nothing(chats: Chats) -> None:
    with unit_of_work():
        session().execute(update(Account).where(Account.id == chats.omar.account_id).values(is_guest=True))
        session().execute(update(Participant).where(Participant.id == chats.omar.participant_id).values(is_guest=True))
    assert refusal(chats.start(chats.omar, chats.lina, chats.hana)) == (403, "guest_cannot_chat")
    assert refusal(chats.start(chats.hana, chats.lina, chats.omar)) == (403, "cannot_be_added")
    assert refusal(chats.write(chats.omar, chats.lina)) == (403, "guest_cannot_chat")
    assert refusal(chats.write(chats.lina, chats.omar)) == (403, "guest_cannot_chat")
    assert chats.cast.get(chats.omar, "/chats/people")["items"] == []


def test_one_person_cannot_ask_everybody(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "ASKED_MAX", 2)
    assert chats.start(chats.hana, chats.lina, chats.omar).status_code == 201
    assert refusal(chats.start(chats.hana, chats.sam, chats.nadia)) == (409, "too_many_group_requests")
    monkeypatch.setattr(policy, "DAY", timedelta(0))
    assert chats.start(chats.hana, chats.sam, chats.nadia).status_code == 201


def test_not_everybody_can_ask_one_person(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "ASKED_OF_ONE_MAX", 1)
    assert chats.start(chats.hana, chats.lina, chats.omar).status_code == 201
    assert refusal(chats.start(chats.sam, chats.cole, chats.omar)) == (403, "cannot_be_added")
    assert len(chats.requests(chats.omar)) == 1
    assert chats.requests(chats.cole) == [], "a group that cannot be started asks nobody"


def test_room_mates_are_those_here_whom_i_follow(chats: Chats) -> None:
    chats.follow(chats.lina, chats.omar)
    assert refusal(chats.cast.ask(chats.lina, "POST", "/chats/groups/room-mates")) == (409, "no_room_mates")
    chats.follow(chats.lina, chats.sam, chats.nadia, chats.cole)
    chats.follow(chats.omar, chats.lina)
    with unit_of_work():
        session().execute(
            update(Participant).where(Participant.id == chats.cole.participant_id).values(is_present=False)
        )
    group = chats.cast.ask(chats.lina, "POST", "/chats/groups/room-mates").get_json()
    assert group["conversation"]["name"] == "Ama"
    assert chats.members(chats.lina, group["conversation"]["id"]) == {"Lina": "moderator", "Omar": "member"}
    assert [one["name"] for one in group["asked"]] == ["Sam"]
    assert chats.requests(chats.nadia) == chats.requests(chats.cole) == []
