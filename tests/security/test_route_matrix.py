"""Every address of the app: who is let in, who is told 401, 403 or 404. A route without a row fails (T9, T13).

The rows of rooms and Q&A stand with their features (`tests/rooms/test_routes.py`, `tests/qa/test_routes.py`); here are
all others, the count that none is missing, and what must hold for each route whatever its row says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from plugin.core.actor import Role
from tests.qa.test_routes import ROWS as QA_ROWS
from tests.rooms.test_routes import CASES as ROOMS_CASES
from tests.security.open_house import API, OTHER_ROOM, ROLES, OpenHouse, make_install, panel_token

Route = tuple[str, str]

#: The answer is the same for everybody, with and without a sign-in, because none is asked for: by what it is guarded.
PUBLIC: dict[Route, tuple[int, str]] = {
    ("GET", "/livez"): (200, "says nothing about anybody"),
    ("GET", "/readyz"): (503, "says nothing about anybody; these tests make their tables without migrations"),
    ("GET", "/.well-known/room-plugin.json"): (200, "the manifest is for everybody"),
    ("GET", "/schemas/plugin-1.json"): (200, "so is its schema"),
    ("GET", "/api/v1/openapi.json"): (200, "the shape of the API is no secret"),
    ("GET", "/embed.js"): (200, "a script without data"),
    ("GET", "/panel/{install_id}"): (200, "an empty page; it gets its token from the page around it"),
    ("GET", "/panel-assets/{version}/{path}"): (200, "scripts and styles without data"),
    ("GET", "/guest"): (200, "an empty page; the token stands behind the #"),
    ("GET", "/demo"): (200, "from this machine only, see below"),
    ("GET", "/demo/{who}"): (302, "from this machine only, see below"),
    ("GET", "/demo/files/{filename}"): (200, "scripts without data"),
    ("GET", "/demo/{who}/token"): (403, "from its own page only"),
    ("GET", "/demo/{who}/state"): (403, "from its own page only"),
    ("POST", "/demo/{who}/join"): (403, "from its own page only"),
    ("POST", "/demo/{who}/leave"): (403, "from its own page only"),
    ("POST", "/demo/{who}/microphone"): (403, "from its own page only"),
    ("POST", "/demo/behaviour"): (403, "from its own page only"),
    ("POST", "/hooks/{install_id}/{kind}"): (401, "the audio server's signature"),
    ("POST", "/api/v1/installs"): (403, "a setup code"),
    ("POST", "/api/v1/installs/{install_id}/verify"): (401, "the audio server's signature"),
    ("DELETE", "/api/v1/installs/{install_id}"): (401, "the audio server's signature"),
    ("POST", "/api/v1/panel-sessions"): (401, "the audio server's token"),
    ("POST", "/api/v1/panel-sessions/refresh"): (401, "the refresh token"),
    ("POST", "/api/v1/guest-sessions"): (401, "the guest link's token"),
    ("GET", "/api/v1/socket"): (403, "a ticket, see below"),
}

#: Everybody who is signed in, and nobody else.
SIGNED_IN: dict[Route, int] = {
    ("GET", "/api/v1/bootstrap"): 200,
    ("GET", "/api/v1/conversations"): 200,
    ("GET", "/api/v1/conversations/unread"): 200,
    ("GET", "/api/v1/search"): 422,  # nothing is looked for
    ("POST", "/api/v1/socket-tickets"): 201,
}

_TALK, _SAID = "/api/v1/conversations/{conversation_id}", "/api/v1/messages/{message_id}"
#: The hosts' conversation and a message in it: to everybody who is not backstage there is nothing (T14).
AMONG_HOSTS: set[Route] = {
    *(("GET", _TALK + rest) for rest in ("", "/messages", "/pins")),
    *(("POST", _TALK + rest) for rest in ("/messages", "/typing")),
    *(("PUT", f"{_TALK}/{word}") for word in ("read", "unread", "draft", "mute", "archive", "receipts")),
    *((method, _SAID) for method in ("GET", "PATCH", "DELETE")),
    ("GET", f"{_SAID}/edits"),
    *((method, _SAID + rest) for method in ("PUT", "DELETE") for rest in ("/pin", "/reactions/{emoji}")),
    ("PATCH", "/api/v1/backchannel/settings"),
}
BACKSTAGE_ROLES = {"host", "cohost", "producer"}

_GROUP, _PERSON = "/api/v1/chats/groups/{conversation_id}", "/api/v1/accounts/{account_id}"
#: Chats and people: whoever is signed in asks; what a foreign id answers is told in `tests/chats/test_privacy.py` and
#: `tests/accounts/test_relations.py`, here it is the hosts' conversation, which is no group to anybody.
OF_PEOPLE: set[Route] = {
    *((method, f"{_PERSON}/{what}") for method in ("PUT", "DELETE") for what in ("follow", "block")),
    ("GET", "/api/v1/accounts/blocked"),
    ("GET", "/api/v1/chats/people"),
    ("GET", "/api/v1/chats/requests"),
    ("PUT", "/api/v1/chats/preferences"),
    ("GET", "/api/v1/chats/direct/{account_id}"),
    ("POST", "/api/v1/chats/direct/{account_id}/messages"),
    ("GET", "/api/v1/chats/groups/shared/{account_id}"),
    ("POST", "/api/v1/chats/groups"),
    ("POST", "/api/v1/chats/groups/room-mates"),
}
OF_GROUPS: set[Route] = {
    *((method, _GROUP) for method in ("GET", "PATCH")),
    ("POST", f"{_GROUP}/members"),
    ("DELETE", f"{_GROUP}/members/me"),
    ("DELETE", f"{_GROUP}/members/{{account_id}}"),
    ("PUT", f"{_GROUP}/members/{{account_id}}/role"),
    *(("POST", f"/api/v1/chats/requests/{{conversation_id}}/{word}") for word in ("accept", "decline")),
}

#: What a request needs to get as far as the question who sends it.
BODIES: dict[Route, dict[str, Any]] = {
    ("POST", "/api/v1/installs"): {
        "setup_code": "SETUP-AAAA-AAAA-AAAA-AAAA",
        "host_id": "x",
        "origin": "https://rooms.test",
        "action_url": "https://rooms.test/do",
        "offers": {},
    },
    ("POST", "/api/v1/panel-sessions"): {"install_id": "ins_x", "room": "ama", "token": "forged"},
    ("POST", "/api/v1/panel-sessions/refresh"): {"refresh_token": "forged"},
    ("POST", "/api/v1/guest-sessions"): {"guest_token": "forged", "name": "Gus"},
    ("PATCH", "/api/v1/session/settings"): {"hands": "everyone"},
    ("POST", "/api/v1/session/transitions"): {"to": "live"},
    ("PUT", "/api/v1/participants/{participant_id}/role"): {"role": "producer"},
    ("PUT", "/api/v1/me/quiet"): {"is_quiet": True},
    ("PUT", "/api/v1/me/preferences"): {"time_limits": "long"},
    ("POST", "/api/v1/questions"): {"text": "May I?", "client_id": "1"},
    ("POST", "/api/v1/questions/{question_id}/moves"): {"to": "queued"},
    ("POST", "/api/v1/questions/{question_id}/rank"): {"after_id": None},
    ("PATCH", "/api/v1/questions/settings"): {"moderation": "on"},
    ("POST", f"{_TALK}/messages"): {"text": "Me, too", "client_id": "1"},
    ("PUT", f"{_TALK}/read"): {"seq": 1},
    ("PUT", f"{_TALK}/unread"): {"seq": 1},
    ("PUT", f"{_TALK}/draft"): {"text": "Me, too"},
    ("PUT", f"{_TALK}/mute"): {"for": "1h"},
    ("PUT", f"{_TALK}/archive"): {"is_archived": True},
    ("PUT", f"{_TALK}/receipts"): {"is_shared": True},
    ("PATCH", _SAID): {"text": "Me, too"},
    ("PATCH", "/api/v1/backchannel/settings"): {"shows_history": True},
    ("PUT", "/api/v1/chats/preferences"): {"group_invites": "everyone"},
    ("POST", "/api/v1/chats/direct/{account_id}/messages"): {"text": "Hello", "client_id": "1"},
    ("POST", "/api/v1/chats/groups"): {"account_ids": ["acc_x", "acc_y"]},
    ("PATCH", _GROUP): {"name": "Mine"},
    ("POST", f"{_GROUP}/members"): {"account_ids": ["acc_x"]},
    ("PUT", f"{_GROUP}/members/{{account_id}}/role"): {"role": "moderator"},
}

#: Things of a room that are named in a body: another room's are not found either. Sent by that other room's host.
NAMED_IN_BODIES: list[tuple[Route, dict[str, str]]] = [
    (("POST", "/api/v1/stage-turns"), {"participant_id": "{participant_id}"}),
    (("POST", "/api/v1/stage-turns"), {"participant_id": "{me}", "hand_id": "{hand_id}"}),
    (("POST", "/api/v1/hands"), {"question_id": "{question_id}"}),
    (("POST", "/api/v1/questions/seen"), {"ids": "{question_id}"}),
    (("POST", "/api/v1/questions/{own_question}/rank"), {"after_id": "{question_id}"}),
]

THINGS = ("question_id", "number", "hand_id", "turn_id", "participant_id", "conversation_id", "message_id")


@dataclass(frozen=True)
class Served:
    """One method of one rule, with its converters written as plain names."""

    method: str
    path: str
    rule: Rule

    @property
    def route(self) -> Route:
        return self.method, self.path

    @property
    def is_of_a_thing(self) -> bool:
        return any(f"{{{name}}}" in self.path for name in THINGS)


def served(app: Flask) -> Iterator[Served]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Served(method, re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), rule)


def guarded(app: Flask) -> list[Served]:
    return [one for one in served(app) if one.route not in PUBLIC]


def shape(path: str) -> str:
    return re.sub(r"{[^}]+}|<[^>]+>", "{}", path)


def send(house: OpenHouse, one: Served, role: str = "nobody", **headers: str) -> Any:
    path = one.path.format(**house.ids)
    if one.rule.websocket:
        headers |= {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        headers |= {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "sidestage.v1"}
    return house.call(one.method, path, role, BODIES.get(one.route), **headers)


def test_every_route_has_a_row(app: Flask) -> None:
    rows = {*PUBLIC, *SIGNED_IN, *AMONG_HOSTS, *OF_PEOPLE, *OF_GROUPS}
    rows |= {(row.method, API + row.rule) for row in QA_ROWS.values()}
    rows |= {(case.method, API + case.path) for case in ROOMS_CASES}
    wanted = {(method, shape(path)) for method, path in rows}
    assert {(one.method, shape(one.path)) for one in served(app)} == wanted


def test_what_asks_for_no_sign_in_treats_everybody_alike(house: OpenHouse) -> None:
    public = [one for one in served(house.app) if one.route in PUBLIC]
    got = {one.route: {send(house, one, role).status_code for role in ROLES} for one in public}
    assert got == {route: {code} for route, (code, _) in PUBLIC.items()}


def test_everything_else_wants_a_living_sign_in(house: OpenHouse) -> None:
    ticket = house.done("POST", "/socket-tickets", "host")["ticket"]
    removed = house.me("invited")["participant_id"]
    house.done("POST", f"/participants/{removed}/remove", "host")
    house.done("DELETE", "/panel-sessions/current", "speaker")
    header, payload, signature = house.tokens["host"].split(".")
    house.tokens |= {
        "forged": f"{header}.{payload}.{signature[:-4]}AAAA",
        "unsigned": f"eyJhbGciOiJub25lIn0.{payload}.",
        "refresh token": house.refresh_tokens["host"],
        "panel token": house.panel_token("host"),
        "guest token": house.guest_token,
        "ticket": ticket,
    }
    nobodies = ["nobody", "forged", "unsigned", "refresh token", "panel token", "guest token", "ticket"]
    for one in guarded(house.app):
        for role in [*nobodies, "invited", "speaker"]:  # the last two were put out and signed out
            answer = send(house, one, role)
            assert answer.status_code == 401, (one.route, role, answer.text)
            assert answer.content_type == "application/problem+json"


def test_who_is_signed_in_is_let_in(house: OpenHouse) -> None:
    for one in served(house.app):
        if one.route in SIGNED_IN:
            codes = {role: send(house, one, role).status_code for role in ROLES}
            assert codes == {role: 401 if role == "nobody" else SIGNED_IN[one.route] for role in ROLES}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "nobody"])
def test_to_all_but_the_hosts_their_conversation_does_not_exist(house: OpenHouse, role: str) -> None:
    for one in served(house.app):
        if one.route in AMONG_HOSTS:
            answer = send(house, one, role)
            assert (answer.status_code != 404) == (role in BACKSTAGE_ROLES), (one.route, answer.text)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "nobody"])
def test_what_is_no_group_of_mine_does_not_exist(house: OpenHouse, role: str) -> None:
    for one in served(house.app):
        if one.route in OF_GROUPS:
            assert send(house, one, role).status_code == 404, one.route


@pytest.mark.parametrize("who", ["stranger", "host elsewhere", "host of another server"])
def test_things_of_a_room_do_not_exist_for_another_s_people(house: OpenHouse, who: str) -> None:
    another = make_install("https://another.test")
    token = panel_token(another, "Otto", "ama-1400", Role.HOST)
    body = {"install_id": another.id, "room": "ama-1400", "token": token}
    house.tokens["host of another server"] = house.done("POST", "/panel-sessions", "nobody", body)["access_token"]
    of_things = [one for one in guarded(house.app) if one.is_of_a_thing]
    assert len(of_things) >= 20
    for one in of_things:
        foreign, made_up = send(house, one, who), send_made_up(house, one, who)
        # Who may not do such a thing anywhere is told so before anything is looked up.
        assert foreign.status_code in ({403, 404} if who == "stranger" else {404}), (one.route, foreign.text)
        assert foreign.get_json() == made_up.get_json(), one.route


def send_made_up(house: OpenHouse, one: Served, role: str) -> Any:
    """Ask for things that exist nowhere: the answer is the same, so that nobody learns which ids do."""
    nothing = {name: f"{str(house.ids[name])[:4]}aaaaaaaaaaaaaaaaaaaaaaaaaa" for name in THINGS}
    made_up = house.ids | nothing | {"number": "999"}
    return house.call(one.method, one.path.format(**made_up), role, BODIES.get(one.route))


@pytest.mark.parametrize(("route", "body"), NAMED_IN_BODIES, ids=str)
def test_nor_when_a_body_names_them(house: OpenHouse, route: Route, body: dict[str, str]) -> None:
    own = house.done("POST", "/questions", "host elsewhere", {"text": "Ours?", "client_id": "1"})["id"]
    house.done("POST", f"/questions/{own}/moves", "host elsewhere", {"to": "queued"})
    ids = house.ids | {"me": house.me("stranger")["participant_id"], "own_question": own}
    filled: dict[str, Any] = {name: value.format(**ids) for name, value in body.items()}
    if "ids" in filled:
        filled["ids"] = [filled["ids"]]
    answer = house.call(route[0], route[1].format(**ids), "host elsewhere", filled)
    assert answer.status_code == 404, answer.text


def test_the_same_name_in_two_rooms_is_two_rooms(house: OpenHouse) -> None:
    """A token for one room opens that room only, whatever the request says (T4)."""
    body = {"install_id": house.install.id, "room": "ama-1400", "token": house.panel_token("stranger")}
    assert house.call("POST", f"{API}/panel-sessions", "nobody", body).status_code == 401
    other = make_install("https://another.test")
    body = {"install_id": other.id, "room": OTHER_ROOM, "token": house.panel_token("stranger")}
    assert house.call("POST", f"{API}/panel-sessions", "nobody", body).status_code == 401


def test_no_answer_sets_a_cookie_and_no_write_takes_a_form(house: OpenHouse) -> None:
    """Nothing that a browser sends by itself opens anything: there is nothing for a foreign page to ride on (T9)."""
    for one in served(house.app):
        assert "Set-Cookie" not in send(house, one, "host").headers, one.route
    for one in served(house.app):
        if one.method == "GET" or not one.path.startswith(API):
            continue
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            path = one.path.format(**house.ids)
            sent = house.app.test_client().open(
                path,
                method=one.method,
                data=b'{"to":"live"}',
                content_type=content_type,
                headers={"Origin": "https://evil.test"},
            )
            assert sent.status_code in {401, 403, 415, 422}, (one.route, content_type, sent.status_code)


def test_the_demo_is_for_this_machine_only(house: OpenHouse) -> None:
    for one in served(house.app):
        if one.path.startswith("/demo"):
            path = one.path.format(**house.ids)
            for headers in ({"X-Forwarded-For": "203.0.113.5"}, {"Host": "sidestage.example"}):
                assert house.call(one.method, path, **headers).status_code == 404, one.route


def test_rooms_and_questions_have_rows_that_deny(house: OpenHouse) -> None:
    """A row that let everybody do a host's work would be a slip of the pen: most rows with a thing deny somebody."""
    denying = [row for row in QA_ROWS.values() if 403 in row.codes.values()]
    assert len(denying) >= 9
    assert all(row.codes["nobody"] == 401 for row in QA_ROWS.values())
    hosts_only = [case for case in ROOMS_CASES if "listener" not in case.allowed]
    assert len(hosts_only) >= 14
