"""Following and blocking: one's own, quiet, within one install; and the graph that says no when in doubt."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from plugin.accounts import relations
from plugin.accounts.follow_graph import FollowGraph, OwnFollows
from plugin.accounts.models import Account, Follow
from plugin.accounts.pushes import PUSHES
from plugin.accounts.service import merge_guest
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import ForbiddenError
from plugin.core.unit_of_work import HOOKS, unit_of_work
from plugin.realtime.push import Announcement, Push
from plugin.rooms import hands, settings
from plugin.rooms.models import Participant
from plugin.rooms.ports import PORTS, current_ports
from tests.messaging.cast import Cast


class FailingSource:
    """An audio server whose list cannot be read."""

    name = "failing"

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        raise TimeoutError("no answer")

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        raise TimeoutError("no answer")

    def followed_by(self, follower_id: str) -> frozenset[str]:
        raise TimeoutError("no answer")


def follow(actor: Actor, other: Actor) -> None:
    with unit_of_work():
        relations.follow(actor, other.account_id)


def block(actor: Actor, other: Actor) -> None:
    with unit_of_work():
        relations.block(actor, other.account_id)


def change(cast: Cast, actor: Actor, method: str, other: Actor, what: str) -> tuple[int, str]:
    answer = cast.ask(actor, method, f"/accounts/{other.account_id}/{what}")
    return answer.status_code, answer.get_json().get("code", "")


def relations_of(cast: Cast, actor: Actor) -> dict[str, list[str]]:
    found: dict[str, list[str]] = cast.get(actor, "/bootstrap")["relations"]
    return found


def test_following_is_ones_own_and_repeats_change_nothing(cast: Cast) -> None:
    for _ in range(2):
        answer = cast.ask(cast.lina, "PUT", f"/accounts/{cast.omar.account_id}/follow")
        assert answer.get_json() == {"account_id": cast.omar.account_id, "is_followed": True, "is_blocked": False}
    assert session().scalar(select(func.count()).select_from(Follow)) == 1
    assert relations_of(cast, cast.lina) == {"followed": [cast.omar.account_id], "blocked": []}
    assert relations_of(cast, cast.omar) == {"followed": [], "blocked": []}
    for _ in range(2):
        answer = cast.ask(cast.lina, "DELETE", f"/accounts/{cast.omar.account_id}/follow")
        assert answer.get_json()["is_followed"] is False
    assert relations_of(cast, cast.lina)["followed"] == []


def test_somebody_in_another_room_can_be_followed_and_somebody_elsewhere_does_not_exist(cast: Cast) -> None:
    assert change(cast, cast.lina, "PUT", cast.nadia, "follow")[0] == 200
    for method in ("PUT", "DELETE"):
        for what in ("follow", "block"):
            assert change(cast, cast.lina, method, cast.zoe, what) == (404, "not_found")
    assert cast.ask(cast.lina, "PUT", "/accounts/acc_nobody/follow").status_code == 404


@pytest.mark.parametrize("what", ["follow", "block"])
def test_nobody_follows_or_blocks_themselves(cast: Cast, what: str) -> None:
    assert change(cast, cast.lina, "PUT", cast.lina, what) == (409, "not_yourself")


def test_guests_neither_follow_nor_are_followed(cast: Cast) -> None:
    with unit_of_work():
        session().execute(update(Account).where(Account.id == cast.omar.account_id).values(is_guest=True))
        session().execute(update(Participant).where(Participant.id == cast.omar.participant_id).values(is_guest=True))
    assert change(cast, cast.lina, "PUT", cast.omar, "follow") == (403, "guest_cannot_follow")
    assert change(cast, cast.omar, "PUT", cast.lina, "follow") == (403, "guest_cannot_follow")
    assert change(cast, cast.lina, "PUT", cast.omar, "block")[0] == 200


def test_a_block_ends_following_both_ways_and_both_read_the_same_refusal(cast: Cast) -> None:
    follow(cast.lina, cast.omar)
    follow(cast.omar, cast.lina)
    block(cast.lina, cast.omar)
    assert session().scalar(select(func.count()).select_from(Follow)) == 0
    refusals = [
        cast.ask(one, "PUT", f"/accounts/{other.account_id}/follow").get_json()
        for one, other in ((cast.lina, cast.omar), (cast.omar, cast.lina))
    ]
    assert refusals[0] == refusals[1]
    assert refusals[0]["code"] == "cannot_follow"
    assert relations_of(cast, cast.lina)["blocked"] == [cast.omar.account_id]
    assert relations_of(cast, cast.omar) == {"followed": [], "blocked": []}, "the blocked person is not told"


def test_unblocking_lets_people_follow_again(cast: Cast) -> None:
    block(cast.lina, cast.omar)
    assert change(cast, cast.lina, "DELETE", cast.omar, "block")[0] == 200
    assert change(cast, cast.omar, "PUT", cast.lina, "follow")[0] == 200


def test_the_list_of_the_blocked_is_paged_and_ones_own(cast: Cast) -> None:
    for other in (cast.omar, cast.sam, cast.nadia):
        block(cast.lina, other)
    first = cast.get(cast.lina, "/accounts/blocked?limit=2")
    rest = cast.get(cast.lina, f"/accounts/blocked?limit=2&cursor={first['next_cursor']}")
    assert [one["name"] for one in first["items"] + rest["items"]] == ["Nadia", "Sam", "Omar"]
    assert rest["next_cursor"] is None
    assert cast.get(cast.omar, "/accounts/blocked")["items"] == []
    assert cast.ask(cast.lina, "GET", "/accounts/blocked?cursor=bm8").status_code == 422


def test_only_the_person_is_told(app: Flask, cast: Cast) -> None:
    told: list[Announcement] = []
    HOOKS.of(app).before_commit.append(
        lambda work: told.extend(one for event in work.events for one in PUSHES[type(event)](event))
    )
    follow(cast.lina, cast.omar)
    follow(cast.lina, cast.omar)
    relation = {"account_id": cast.omar.account_id, "is_followed": True, "is_blocked": False}
    channel = f"inbox:{cast.lina.account_id}"
    assert told == [Push(channel, "accounts.relation_changed", {"relation": relation})]


def test_blocks_by_and_of_a_guest_go_with_the_sign_in(cast: Cast) -> None:
    with unit_of_work():
        guest = session().get_one(Account, cast.omar.account_id)
        guest.is_guest = True
    block(cast.omar, cast.sam)
    block(cast.lina, cast.omar)
    with unit_of_work():
        merge_guest(session().get_one(Account, cast.omar.account_id), session().get_one(Account, cast.nadia.account_id))
    assert relations_of(cast, cast.nadia)["blocked"] == [cast.sam.account_id]
    assert cast.nadia.account_id in relations_of(cast, cast.lina)["blocked"]


def test_the_graph_answers_for_many_in_one_question(cast: Cast) -> None:
    follow(cast.lina, cast.omar)
    follow(cast.lina, cast.nadia)
    graph = FollowGraph()
    ids = [one.account_id for one in (cast.omar, cast.sam, cast.hana)]
    assert graph.followed_among(cast.lina.account_id, ids) == {cast.omar.account_id}
    assert graph.followed_among(cast.lina.account_id, []) == frozenset()
    assert graph.followers_among(cast.omar.account_id, [cast.lina.account_id, *ids]) == {cast.lina.account_id}
    assert graph.followed_by(cast.lina.account_id) == {cast.omar.account_id, cast.nadia.account_id}
    assert graph.follows(cast.lina.account_id, cast.omar.account_id)
    assert not graph.follows(cast.omar.account_id, cast.lina.account_id), "following goes one way"


def test_a_source_that_fails_counts_as_not_followed_and_is_logged(cast: Cast) -> None:
    follow(cast.lina, cast.omar)
    failing = FollowGraph([FailingSource()])
    with capture_logs() as logs:
        assert not failing.follows(cast.lina.account_id, cast.omar.account_id)
        assert failing.followed_by(cast.lina.account_id) == frozenset()
    assert [(line["event"], line["source"]) for line in logs] == [("follow_source_failed", "failing")] * 2
    both = FollowGraph([FailingSource(), OwnFollows()])
    assert both.follows(cast.lina.account_id, cast.omar.account_id), "the other source still counts"


class EverybodyFollows:
    """An audio server that knows nothing of our blocks."""

    name = "everybody"

    def followed_among(self, follower_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(account_ids) | {"acc_not_asked_for"}

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(account_ids)

    def followed_by(self, follower_id: str) -> frozenset[str]:
        return frozenset(session().scalars(select(Account.id)))


def test_a_block_counts_whatever_a_source_says(cast: Cast) -> None:
    block(cast.lina, cast.omar)
    graph = FollowGraph([EverybodyFollows()])
    assert graph.followed_among(cast.lina.account_id, [cast.omar.account_id, cast.sam.account_id]) == {
        cast.sam.account_id
    }
    assert not graph.follows(cast.omar.account_id, cast.lina.account_id)
    assert cast.omar.account_id not in graph.followed_by(cast.lina.account_id)


def test_hands_for_followed_people_go_by_the_graph(cast: Cast) -> None:
    assert cast.get(cast.hana, "/bootstrap")["room"]["follows_available"] is True
    with unit_of_work():
        settings.change(cast.hana, hands="followed")
    follow(cast.hana, cast.lina)
    with unit_of_work():
        hands.raise_hand(cast.lina)
    with pytest.raises(ForbiddenError), unit_of_work():
        hands.raise_hand(cast.omar)
    with unit_of_work():
        hands.lower_mine(cast.lina)
    current_ports().follows = FollowGraph([FailingSource()])
    with pytest.raises(ForbiddenError), unit_of_work():
        hands.raise_hand(cast.lina)


def test_the_house_composes_the_graph(app: Flask) -> None:
    assert PORTS.of(app).follows.is_available()
