"""The door: tokens that live ten minutes, refresh tokens that turn over, and people who are out at once."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from flask import Flask
from sqlalchemy import select

from plugin.accounts.models import Account
from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import UnauthenticatedError
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access, people, tokens
from plugin.rooms.models import PanelSession, Room
from plugin.rooms.tokens import Tokens
from tests.app_fixtures import SECRET_KEY
from tests.rooms.conftest import Clock
from tests.rooms.house import House, identity


def refresh(token: str) -> Tokens | None:
    with unit_of_work():
        return access.refresh(token)


def claims_of(token: str) -> dict[str, object]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def test_an_access_token_says_nothing_about_what_its_person_may_do(house: House) -> None:
    given = house.sign_in("Hana", role=Role.HOST)
    claims = claims_of(given.access_token)
    assert set(claims) == {"iss", "aud", "typ", "iat", "exp", "jti", "sid", "sub"}
    assert "host" not in json.dumps(claims)
    assert given.expires_in_seconds == 600


def test_the_role_is_read_from_the_database_each_time(house: House) -> None:
    hana = house.hana()
    given = house.sign_in("Lina")
    assert access.actor_of(given.access_token).role == Role.LISTENER
    with unit_of_work():
        people.set_role(hana, access.actor_of(given.access_token).participant_id, "cohost")
    assert access.actor_of(given.access_token).role == Role.COHOST


def test_an_actor_costs_one_query(house: House, statements: list[str]) -> None:
    given = house.sign_in("Lina")
    statements.clear()
    access.actor_of(given.access_token)
    assert len(statements) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"aud": tokens.GUEST},
        {"typ": tokens.GUEST},
        {"iss": "somebody"},
        {"exp": 1},
        {"jti": None},
        {"sid": None},
        {"sid": "pse_unknown"},
    ],
)
def test_a_token_that_differs_in_anything_is_refused(house: House, change: dict[str, object]) -> None:
    claims = claims_of(house.sign_in("Lina").access_token) | change
    claims = {name: value for name, value in claims.items() if value is not None}
    with pytest.raises(UnauthenticatedError):
        access.actor_of(jwt.encode(claims, SECRET_KEY, algorithm="HS256"))


@pytest.mark.parametrize(("key", "algorithm"), [("another-key-of-at-least-thirty-two-bytes", "HS256"), ("", "none")])
def test_a_token_that_we_did_not_sign_is_refused(house: House, key: str, algorithm: str) -> None:
    claims = claims_of(house.sign_in("Lina").access_token)
    with pytest.raises(UnauthenticatedError):
        access.actor_of(jwt.encode(claims, key, algorithm=algorithm))


def test_a_guest_link_is_no_access_token(house: House) -> None:
    hana = house.hana()
    with pytest.raises(UnauthenticatedError):
        access.actor_of(tokens.guest_token(hana.session_id))


def test_an_access_token_lives_ten_minutes_and_a_little(house: House, clock: Clock) -> None:
    given = house.sign_in("Lina")
    clock.pass_by(600 + 25)
    access.actor_of(given.access_token)
    clock.pass_by(10)
    with pytest.raises(UnauthenticatedError):
        access.actor_of(given.access_token)


def test_refresh_turns_over(house: House, clock: Clock) -> None:
    first = house.sign_in("Lina")
    clock.pass_by(500)
    second = refresh(first.refresh_token)
    assert second is not None
    assert second.refresh_token != first.refresh_token
    clock.pass_by(500)
    assert access.actor_of(second.access_token).name == "Lina"


def test_using_a_refresh_token_twice_closes_its_panel_and_no_other(house: House) -> None:
    first, other = house.sign_in("Lina"), house.sign_in("Lina")
    second = refresh(first.refresh_token)
    assert second is not None
    assert refresh(first.refresh_token) is None
    assert refresh(second.refresh_token) is None
    with pytest.raises(UnauthenticatedError):
        access.actor_of(second.access_token)
    assert access.actor_of(other.access_token).name == "Lina"


def test_a_refresh_token_we_never_made_closes_nothing(house: House) -> None:
    given = house.sign_in("Lina")
    panel_id = given.refresh_token.partition(".")[0]
    for made_up in (f"{panel_id}.x.y", panel_id, "", f"{panel_id}..", given.refresh_token[:-1] + "é"):
        with pytest.raises(UnauthenticatedError):
            refresh(made_up)
    assert refresh(given.refresh_token) is not None


def test_refresh_tokens_are_kept_as_digests_only(house: House) -> None:
    given = house.sign_in("Lina")
    panel = db_session().scalars(select(PanelSession)).one()
    assert panel.refresh_hash == tokens.digest(given.refresh_token)
    assert given.refresh_token not in str(panel.__dict__)


def test_removal_and_sign_out_count_at_the_next_request(house: House) -> None:
    hana = house.hana()
    removed, signed_out = house.sign_in("Omar"), house.sign_in("Lina")
    with unit_of_work():
        people.remove(hana, access.actor_of(removed.access_token).participant_id)
        access.close_panel(signed_out.access_token)
    for given in (removed, signed_out):
        with pytest.raises(UnauthenticatedError):
            access.actor_of(given.access_token)
        assert refresh(given.refresh_token) is None


def test_a_disabled_install_is_signed_out_as_a_whole(house: House) -> None:
    here, there = house.sign_in("Lina"), house.sign_in("Lina", install_id="ins_two")
    with unit_of_work():
        access.close_panels_of_install("ins_one")
    with pytest.raises(UnauthenticatedError):
        access.actor_of(here.access_token)
    assert access.actor_of(there.access_token).install_id == "ins_two"


def test_a_token_for_one_use_opens_once(house: House) -> None:
    house.sign_in("Lina", token_id="jti-1")
    with pytest.raises(UnauthenticatedError) as refused:
        house.sign_in("Lina", token_id="jti-1")
    assert refused.value.code == "token_used"
    house.sign_in("Lina", token_id="jti-1", install_id="ins_two")


def test_the_same_room_name_on_two_installs_is_two_rooms(house: House) -> None:
    one, two = house.enter("Lina"), house.enter("Lina", install_id="ins_two")
    assert one.room_id != two.room_id
    assert one.session_id != two.session_id
    assert one.account_id != two.account_id
    assert len(db_session().scalars(select(Room)).all()) == 2


def test_names_are_cleaned_and_kept_up_to_date(house: House) -> None:
    lina = house.enter("Lina", name="  Li\u202ena \n ")
    assert house.person(lina).name == "Lina"
    house.enter("Lina", name="Lina B")
    assert house.person(lina).name == "Lina B"
    assert db_session().get_one(Account, lina.account_id).name == "Lina B"
    nobody = house.enter("Nobody", name="")
    assert house.person(nobody).name == "Someone"


def test_sign_in_over_http(web: Flask, house: House) -> None:
    house.servers.tokens["ins_one", "good", "town-hall"] = identity("Lina")
    client = web.test_client()
    body = {"install_id": "ins_one", "room": "town-hall", "token": "good"}
    answer = client.post("/api/v1/panel-sessions", json=body)
    assert answer.status_code == 201
    assert set(answer.get_json()) == {"access_token", "refresh_token", "expires_in_seconds"}
    bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
    assert client.get("/api/v1/session", headers=bearer).get_json()["state"] == "lobby"
    for wrong in ({"room": "elsewhere"}, {"token": "bad"}, {"install_id": "ins_two"}):
        refused = client.post("/api/v1/panel-sessions", json=body | wrong)
        assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
    assert client.post("/api/v1/panel-sessions", json=body | {"role": "host"}).status_code == 422
    assert client.delete("/api/v1/panel-sessions/current", headers=bearer).status_code == 204
    assert client.get("/api/v1/session", headers=bearer).status_code == 401


def test_refresh_over_http_commits_the_closing_of_a_stolen_panel(web: Flask, house: House) -> None:
    given = house.sign_in("Lina")
    client = web.test_client()
    second = client.post("/api/v1/panel-sessions/refresh", json={"refresh_token": given.refresh_token})
    assert second.status_code == 200
    reuse = client.post("/api/v1/panel-sessions/refresh", json={"refresh_token": given.refresh_token})
    assert (reuse.status_code, reuse.get_json()["code"]) == (401, "unauthenticated")
    bearer = {"Authorization": f"Bearer {second.get_json()['access_token']}"}
    assert client.get("/api/v1/session", headers=bearer).status_code == 401


def test_two_doors_at_once_open_one_session(house: House) -> None:
    ids = {house.enter(name).session_id for name in ("Hana", "Cole", "Lina")}
    assert len(ids) == 1


def test_tokens_expire_by_the_clock_of_their_making(house: House, clock: Clock) -> None:
    given = house.sign_in("Lina")
    clock.pass_by(timedelta(hours=13).total_seconds())
    assert refresh(given.refresh_token) is None
    assert now().tzinfo is not None
