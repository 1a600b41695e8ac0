"""The rooms' routes: who gets in, whose things they reach, and how many queries that costs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from plugin.core.actor import Role
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access, bootstrap, guests, hands, people, stage
from plugin.rooms.ports import Capability
from tests.rooms.house import INSTALL, House

API = "/api/v1"
ROLES = ("listener", "guest", "speaker", "producer", "cohost", "host", "moderator", "elsewhere", "nobody")
ALL = frozenset(ROLES) - {"nobody"}
BACKSTAGE = frozenset({"producer", "cohost", "host"})
HOSTING = frozenset({"cohost", "host"})
#: Things of this room do not exist for people of another one.
HERE = ALL - {"elsewhere"}


@dataclass(frozen=True)
class Case:
    """One route, how to call it, and who may; others get 403, people of another room 404 where a thing is named."""

    method: str
    path: str
    allowed: frozenset[str]
    body: dict[str, Any] | None = None
    names_a_thing: bool = False
    own: dict[str, int] = field(default_factory=dict)


CASES = [
    Case("GET", "/session", ALL),
    Case("PATCH", "/session/settings", HOSTING | {"elsewhere"}, {"hands": "everyone"}),
    Case("POST", "/session/transitions", HOSTING | {"elsewhere"}, {"to": "live"}),
    Case("GET", "/participants", ALL),
    Case("PUT", "/participants/{target}/role", HOSTING, {"role": "producer"}, True),
    Case("POST", "/participants/{target}/to-audience", HOSTING, None, True),
    Case("POST", "/participants/{target}/mute", HOSTING, None, True),
    Case("POST", "/participants/{target}/remove", HOSTING | {"moderator"}, None, True),
    Case("PUT", "/me/quiet", ALL, {"is_quiet": True}),
    Case("PUT", "/me/preferences", ALL, {"time_limits": "long"}),
    Case("POST", "/heartbeat", ALL),
    Case("POST", "/hands", ALL, {"reason": "hello"}),
    Case("DELETE", "/hands/mine", ALL),
    Case("POST", "/hands/{hand}/later", HOSTING, None, True),
    Case("DELETE", "/hands/{hand}", HOSTING, None, True),
    Case("POST", "/hands/lower-all", HOSTING | {"elsewhere"}),
    Case("POST", "/stage-turns", BACKSTAGE, {"participant_id": "{other}"}, True),
    Case("POST", "/stage-turns/{turn}/accept", frozenset(), None, True),
    Case("POST", "/stage-turns/{turn}/decline", frozenset(), None, True),
    Case("POST", "/stage-turns/{turn}/extend", frozenset(), None, True),
    Case("POST", "/stage-turns/{turn}/withdraw", BACKSTAGE, None, True),
    Case("POST", "/stage-turns/{turn}/retry", BACKSTAGE, None, True),
    Case("POST", "/stage-turns/{turn}/end", HOSTING, None, True),
    Case("DELETE", "/panel-sessions/current", ALL),
    Case("POST", "/guest-links", HOSTING | {"elsewhere"}),
]
PUBLIC = {"/panel-sessions", "/panel-sessions/refresh", "/guest-sessions"}


def _names_of_path(path: str) -> str:
    return re.sub(r"<[^>]+>", "{}", re.sub(r"{[^}]+}", "{}", path))


def test_every_route_has_a_row(web: Flask) -> None:
    served = {
        (method, _names_of_path(rule.rule.removeprefix(API)))
        for rule in web.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in {"rooms", "door"}
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    rows = {(case.method, _names_of_path(case.path)) for case in CASES} | {("POST", path) for path in PUBLIC}
    assert served == rows


class Room:
    """A room with somebody of each role, a target to act on, a hand and an invitation."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.join("Target", can_speak=True)
        house.join("Other", "Lea")
        host = house.sign_in("Hana", role=Role.HOST)
        hana = access.actor_of(host.access_token)
        self.tokens = {
            "host": host.access_token,
            "cohost": house.sign_in("Cole", role=Role.COHOST).access_token,
            "speaker": house.sign_in("Sam", can_speak=True).access_token,
            "listener": house.sign_in("Lina").access_token,
            "moderator": house.sign_in("Mona", is_platform_moderator=True).access_token,
            "producer": house.sign_in("Pia", role=Role.PRODUCER).access_token,
            "elsewhere": house.sign_in("Nadia", room="elsewhere", role=Role.HOST).access_token,
        }
        target, other = house.enter("Target"), house.enter("Other")
        with unit_of_work():
            self.tokens["guest"] = access.open_panel(guests.enter(guests.invite_guests(hana), "Gus")).access_token
            hand = hands.raise_hand(target)
            turn = stage.invite(hana, target.participant_id)
        self.ids = {
            "target": target.participant_id,
            "other": other.participant_id,
            "hand": hand.id,
            "turn": turn.id,
        }

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"} if role in self.tokens else {}

    def call(self, web: Flask, case: Case, role: str) -> Any:
        """Send the request as this role, with the ids of this room filled in."""
        body = {name: _filled(value, self.ids) for name, value in case.body.items()} if case.body else None
        path = API + case.path.format(**self.ids)
        return web.test_client().open(path, method=case.method, json=body, headers=self.headers(role))


def _filled(value: Any, ids: dict[str, str]) -> Any:
    return value.format(**ids) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.path}")
def test_who_may_do_what(web: Flask, house: House, case: Case) -> None:
    room = Room(house)
    for role in sorted(ROLES, key=lambda role: role in case.allowed):  # refusals first: they must change nothing
        answer = room.call(web, case, role)
        if role == "nobody":
            assert answer.status_code == 401, role
        elif role == "elsewhere" and case.names_a_thing:
            assert answer.status_code == 404, (role, answer.get_json())
        elif role in case.allowed:
            assert answer.status_code < 300 or answer.status_code == 409, (role, answer.get_json())
        else:
            assert answer.status_code in {403, 404}, (role, answer.status_code)


def test_unknown_fields_are_refused(web: Flask, house: House) -> None:
    room = Room(house)
    for case in CASES:
        if case.body:
            body = {name: _filled(value, room.ids) for name, value in case.body.items()} | {"role_": "host"}
            path = API + case.path.format(**room.ids)
            answer = web.test_client().open(path, method=case.method, json=body, headers=room.headers("host"))
            assert answer.status_code == 422, case


def test_an_invitation_over_http(web: Flask, house: House) -> None:
    room, client = Room(house), web.test_client()
    own = {"Authorization": f"Bearer {house.sign_in('Target').access_token}"}
    accepted = client.post(f"{API}/stage-turns/{room.ids['turn']}/accept", headers=own)
    assert accepted.get_json()["state"] == "accepted"
    house.relay()
    ended = client.post(f"{API}/stage-turns/{room.ids['turn']}/end", headers=own)
    assert ended.get_json()["state"] == "left"
    again = client.post(f"{API}/stage-turns/{room.ids['turn']}/accept", headers=own)
    assert (again.status_code, again.get_json()["code"]) == (409, "illegal_turn")


def test_the_list_of_people_goes_page_by_page(web: Flask, house: House) -> None:
    room, client = Room(house), web.test_client()
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{API}/participants?limit=3&cursor={cursor}", headers=room.headers("listener")).get_json()
        assert len(page["items"]) <= 3
        seen += [person["name"] for person in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert {"Hana", "Lina", "Gus"} <= set(seen)
    assert "Nadia" not in seen


def test_a_switched_off_capability_is_said_in_words(web: Flask, house: House) -> None:
    room, client = Room(house), web.test_client()
    house.audio.can = frozenset({Capability.LIST_PARTICIPANTS})
    answer = client.post(f"{API}/participants/{room.ids['target']}/mute", headers=room.headers("host"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "platform_cannot")
    assert "Target" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/session", "GET", None),
        ("/participants?limit=5", "GET", None),
        ("/heartbeat", "POST", None),
        ("/hands", "POST", {"reason": "hello"}),
        ("/stage-turns/{turn}/extend", "POST", None),
    ],
)
def test_no_request_costs_more_in_a_larger_room(
    web: Flask, house: House, statements: list[str], path: str, method: str, body: dict[str, Any] | None
) -> None:
    costs = []
    for size in (1, 40):
        house.join(*[f"Listener {size}-{number}" for number in range(size)])
        for number in range(size):
            with unit_of_work():
                hands.raise_hand(house.enter(f"Listener {size}-{number}"))
        person = house.sign_in(f"Person {size}")
        actor = access.actor_of(person.access_token)
        house.join(f"Person {size}")
        with unit_of_work():
            turn = stage.invite(house.hana(), actor.participant_id)
        bearer = {"Authorization": f"Bearer {person.access_token}"}
        statements.clear()
        answer = web.test_client().open(API + path.format(turn=turn.id), method=method, json=body, headers=bearer)
        assert answer.status_code < 300, answer.get_json()
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 20


def test_a_sign_in_and_a_bootstrap_cost_the_same_in_a_larger_room(house: House, statements: list[str]) -> None:
    costs = []
    for size in (1, 40):
        house.join(*[f"Listener {size}-{number}" for number in range(size)])
        for number in range(size):
            with unit_of_work():
                hands.raise_hand(house.enter(f"Listener {size}-{number}"))
        statements.clear()
        hana = house.hana()
        signed_in = len(statements)
        house.session(hana)
        statements.clear()
        bootstrap.rooms_part(hana)
        costs.append((signed_in, len(statements)))
    assert costs[0][1] == costs[1][1] <= 12
    assert costs[1][0] <= costs[0][0] <= 60  # the first sign-in opens the room and says so


def test_who_is_removed_gets_401_at_the_next_request(web: Flask, house: House) -> None:
    room, client = Room(house), web.test_client()
    bearer = {"Authorization": f"Bearer {house.sign_in('Other').access_token}"}
    assert client.get(f"{API}/session", headers=bearer).status_code == 200
    with unit_of_work():
        people.remove(access.actor_of(room.tokens["host"]), room.ids["other"])
    assert client.get(f"{API}/session", headers=bearer).status_code == 401


def test_ids_of_one_install_are_nothing_in_another(web: Flask, house: House) -> None:
    room, client = Room(house), web.test_client()
    twin = house.sign_in("Hana", install_id="ins_two", role=Role.HOST)
    assert INSTALL != "ins_two"
    bearer = {"Authorization": f"Bearer {twin.access_token}"}
    for path in (f"/participants/{room.ids['target']}/mute", f"/hands/{room.ids['hand']}/later"):
        assert client.post(API + path, headers=bearer).status_code == 404
