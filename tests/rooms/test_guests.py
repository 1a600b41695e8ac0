"""Guests: let in by a link, told apart from hosts, gone a day after the session, merged when they sign in."""

from __future__ import annotations

import pytest
from flask import Flask

from plugin.core.actor import Actor
from plugin.core.errors import ConflictError, ForbiddenError, InvalidError, UnauthenticatedError
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access, guests, hands, people, queries, sessions, stage
from plugin.rooms.tokens import Tokens
from tests.rooms.conftest import Clock
from tests.rooms.house import House, identity


@pytest.fixture
def hana(house: House, clock: Clock) -> Actor:
    return house.hana()


@pytest.fixture
def link(hana: Actor) -> str:
    with unit_of_work():
        return guests.invite_guests(hana)


def come_in(link: str, name: str = "Gus") -> Tokens:
    with unit_of_work():
        return access.open_panel(guests.enter(link, name))


def test_a_guest_is_a_listener_with_a_mark(hana: Actor, link: str) -> None:
    guest = access.actor_of(come_in(link).access_token)
    assert (guest.session_id, guest.role, guest.is_guest) == (hana.session_id, "listener", True)


def test_only_hosts_make_links(house: House, hana: Actor) -> None:
    with pytest.raises(ForbiddenError), unit_of_work():
        guests.invite_guests(house.lina())


@pytest.mark.parametrize("name", ["G", "  G ", "x" * 21, "", "\u202e\u200b", "!!"])
def test_names_are_two_to_twenty_characters(link: str, name: str) -> None:
    with pytest.raises(InvalidError):
        come_in(link, name)


@pytest.mark.parametrize("name", ["Hana", "hana", "H a n a", "Нana", "ＨＡＮＡ", "H\u200bana", "Ha.na"])
def test_no_guest_passes_for_a_host(link: str, name: str) -> None:
    with pytest.raises(ConflictError) as refused:
        come_in(link, name)
    assert refused.value.code == "name_taken_by_host"


def test_two_guests_may_share_a_name_but_not_a_place(link: str) -> None:
    one, two = (access.actor_of(come_in(link).access_token) for _ in range(2))
    assert one.participant_id != two.participant_id


def test_links_and_guests_die_a_day_after_the_session(clock: Clock, hana: Actor, link: str) -> None:
    given = come_in(link)
    with unit_of_work():
        sessions.move(hana, "live")
        sessions.move(hana, "ended")
    for _ in range(4):
        clock.pass_by(6 * 3600 - 10)
        with unit_of_work():
            turned = access.refresh(given.refresh_token)
        assert turned is not None
        given = turned
    assert access.actor_of(given.access_token).is_guest
    come_in(link, "Gil")
    clock.pass_by(60)
    with pytest.raises(UnauthenticatedError):
        access.actor_of(given.access_token)
    with pytest.raises(UnauthenticatedError):
        come_in(link, "Gil")


def test_a_made_up_link_opens_nothing(house: House, hana: Actor) -> None:
    for made_up in ("", "x.y.z", house.sign_in("Lina").access_token):
        with pytest.raises(UnauthenticatedError):
            come_in(made_up)


def test_a_guest_who_signs_in_keeps_the_hand(house: House, hana: Actor, link: str) -> None:
    given = come_in(link)
    guest = access.actor_of(given.access_token)
    with unit_of_work():
        hand = hands.raise_hand(guest, reason="about trams")
    with unit_of_work():
        merged = access.sign_in("ins_one", identity("Gustav"), guest_access_token=given.access_token)
    gustav = access.actor_of(merged.access_token)
    kept = queries.raised_hand(gustav.participant_id)
    assert kept is not None
    assert (kept.id, kept.reason) == (hand.id, "about trams")
    assert house.recorded("rooms.guest_merged") == 1
    assert house.session(hana).present_count == 2
    with pytest.raises(UnauthenticatedError):
        access.actor_of(given.access_token)


def test_only_a_guest_of_this_session_can_be_merged(house: House, hana: Actor, link: str) -> None:
    given, somebody = come_in(link), house.sign_in("Omar")
    with pytest.raises(ConflictError), unit_of_work():
        access.sign_in("ins_one", identity("Gustav", room="elsewhere"), guest_access_token=given.access_token)
    with pytest.raises(ConflictError), unit_of_work():
        access.sign_in("ins_one", identity("Gustav"), guest_access_token=somebody.access_token)
    assert access.actor_of(given.access_token).is_guest


def test_a_guest_cannot_speak_and_the_desk_says_why(house: House, hana: Actor, link: str) -> None:
    guest = access.actor_of(come_in(link).access_token)
    with unit_of_work():
        turn = stage.invite(hana, guest.participant_id)
    with unit_of_work():
        stage.accept(guest, turn.id)
    house.relay()
    failed = queries.turn(hana.session_id, turn.id)
    assert (failed.state, failed.failure_code) == ("failed", "refused")
    assert "Gus" in (failed.failure_message or "")


def test_a_removed_guest_is_out(hana: Actor, link: str) -> None:
    given = come_in(link)
    with unit_of_work():
        people.remove(hana, access.actor_of(given.access_token).participant_id)
    with pytest.raises(UnauthenticatedError):
        access.actor_of(given.access_token)


def test_guest_routes(web: Flask, house: House) -> None:
    client = web.test_client()
    hana = house.sign_in("Hana", role="host")
    bearer = {"Authorization": f"Bearer {hana.access_token}"}
    link = client.post("/api/v1/guest-links", headers=bearer)
    assert link.status_code == 201
    token = link.get_json()["guest_token"]
    assert link.get_json()["url"].partition("#")[2].endswith(token)
    assert token not in link.get_json()["url"].partition("#")[0]
    guest = client.post("/api/v1/guest-sessions", json={"guest_token": token, "name": "Gus"})
    assert guest.status_code == 201
    own = {"Authorization": f"Bearer {guest.get_json()['access_token']}"}
    assert client.post("/api/v1/hands", headers=own, json={"reason": "hello"}).status_code == 201
    assert client.post("/api/v1/guest-links", headers=own).status_code == 403
