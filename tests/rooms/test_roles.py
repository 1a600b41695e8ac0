"""Who is host, who may appoint whom, and what nobody can claim for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plugin.core.actor import Actor, Role
from plugin.core.errors import AppError, ConflictError, ForbiddenError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.realtime.push import Revoke
from plugin.rooms import people
from plugin.rooms.ports import ActionError, Capability, PlatformEventKind, PlatformParticipant
from tests.rooms.audio_server import EVERYTHING
from tests.rooms.conftest import Clock
from tests.rooms.house import House


def set_role(actor: Actor, person: Actor, role: str) -> None:
    with unit_of_work():
        people.set_role(actor, person.participant_id, role)


def role_of(house: House, actor: Actor) -> str:
    return house.person(actor).role


def test_the_first_room_admin_is_host_the_next_is_cohost(house: House) -> None:
    hana = house.enter("Hana", is_room_admin=True)
    cole = house.enter("Cole", is_room_admin=True)
    assert (hana.role, cole.role) == (Role.HOST, Role.COHOST)


def test_the_first_host_stays_host(house: House) -> None:
    hana = house.enter("Hana", role=Role.HOST)
    cole = house.enter("Cole", role=Role.HOST)
    assert (hana.role, cole.role) == (Role.HOST, Role.COHOST)
    assert house.enter("Hana", role=Role.HOST).role == Role.HOST


def test_a_claimed_cohost_does_not_become_host_of_an_unhosted_room(house: House) -> None:
    assert house.enter("Cole", role=Role.COHOST).role == Role.COHOST
    assert house.enter("Hana", role=Role.HOST).role == Role.HOST


@pytest.mark.parametrize(
    ("says", "role"), [({"can_speak": True}, Role.SPEAKER), ({"can_speak": False}, Role.LISTENER), ({}, Role.LISTENER)]
)
def test_without_a_claim_the_right_to_speak_decides(house: House, says: dict[str, Any], role: Role) -> None:
    assert house.enter("Sam", **says).role == role


def test_a_token_that_says_nothing_takes_nothing_away(house: House) -> None:
    house.hana()
    assert house.enter("Hana").role == Role.HOST


def test_an_old_token_does_not_take_the_stage_back(house: House, clock: Clock) -> None:
    house.join("Lina", can_speak=True)
    assert house.enter("Lina", can_speak=False).role == Role.SPEAKER


def test_a_role_set_here_wins_until_the_session_ends(house: House, clock: Clock) -> None:
    hana, cole = house.hana(), house.cole()
    set_role(hana, cole, "listener")
    assert house.enter("Cole", role=Role.COHOST).role == Role.LISTENER
    seen = PlatformParticipant("cole", role=Role.COHOST)
    house.happens(PlatformEventKind.ROLE_CHANGED, seen)
    assert role_of(house, cole) == Role.LISTENER
    assert house.person(cole).role_is_set_here is True
    house.happens(PlatformEventKind.ROOM_ENDED)
    clock.pass_by(301)
    assert house.enter("Cole", role=Role.COHOST).role == Role.COHOST


def test_a_demoted_cohost_hears_no_more_of_backstage(house: House) -> None:
    hana, cole = house.hana(), house.cole()
    set_role(hana, cole, "listener")
    assert Revoke(f"backstage:{hana.session_id}", cole.account_id) in house.told
    own = house.pushes(f"person:{hana.session_id}:{cole.account_id}")
    assert own[-1].name == "rooms.role_changed"
    assert own[-1].data["participant"]["role"] == "listener"


def test_only_the_host_appoints_and_removes_cohosts(house: House) -> None:
    hana, cole, lina, sam = house.hana(), house.cole(), house.lina(), house.sam()
    for actor in (cole, sam, lina):
        with pytest.raises(ForbiddenError):
            set_role(actor, house.omar(), "cohost")
    second = house.enter("Cora", role=Role.COHOST)
    with pytest.raises(ForbiddenError):
        set_role(cole, second, "listener")
    set_role(cole, lina, "producer")
    assert role_of(house, lina) == Role.PRODUCER
    set_role(hana, lina, "cohost")
    assert role_of(house, lina) == Role.COHOST


def test_the_host_can_hand_the_room_over(house: House) -> None:
    hana, cole = house.hana(), house.cole()
    with pytest.raises(ConflictError):
        set_role(hana, hana, "listener")
    set_role(hana, cole, "host")
    assert (role_of(house, cole), role_of(house, hana)) == (Role.HOST, Role.COHOST)
    assert house.enter("Hana", role=Role.HOST).role == Role.COHOST


def test_nobody_becomes_a_speaker_by_decree(house: House) -> None:
    hana, lina = house.hana(), house.lina()
    with pytest.raises(ConflictError):
        set_role(hana, lina, "speaker")


def test_people_of_other_rooms_do_not_exist(house: House) -> None:
    hana, nadia = house.hana(), house.nadia()
    acts: list[Callable[[], object]] = [
        lambda: people.set_role(hana, nadia.participant_id, "cohost"),
        lambda: people.mute(hana, nadia.participant_id),
        lambda: people.remove(hana, nadia.participant_id),
        lambda: people.to_audience(hana, nadia.participant_id),
    ]
    for act in acts:
        with pytest.raises(NotFoundError), unit_of_work():
            act()


@pytest.mark.parametrize("verb", ["mute", "remove", "to_audience"])
def test_who_manages_whom(house: House, verb: str) -> None:
    hana, cole, sam, lina = house.hana(), house.cole(), house.sam(), house.lina()
    act = getattr(people, verb)
    refused = [(lina, sam), (sam, lina), (cole, hana), (house.enter("Cora", role=Role.COHOST), cole)]
    for actor, target in refused:
        with pytest.raises(ForbiddenError), unit_of_work():
            act(actor, target.participant_id)
    for actor, target in [(cole, sam), (hana, cole)]:
        with unit_of_work():
            act(actor, target.participant_id)


def test_a_platform_moderator_may_remove_but_not_mute(house: House) -> None:
    house.hana()
    sam, moderator = house.sam(), house.enter("Mona", is_platform_moderator=True)
    with pytest.raises(ForbiddenError), unit_of_work():
        people.mute(moderator, sam.participant_id)
    with unit_of_work():
        people.remove(moderator, sam.participant_id)
    assert house.person(sam).removed_at is not None


def test_orders_reach_the_audio_server_from_the_worker(house: House, clock: Clock) -> None:
    house.join("Sam", can_speak=True)
    hana, sam = house.hana(), house.sam()
    with unit_of_work():
        people.mute(hana, sam.participant_id)
        people.to_audience(hana, sam.participant_id)
    assert house.audio.calls == []
    house.relay()
    assert house.audio.calls == [("mute", "sam"), ("demote", "sam")]
    assert (house.person(sam).can_speak, role_of(house, sam)) == (False, Role.LISTENER)


def test_an_order_that_failed_is_told_to_the_desk(house: House, clock: Clock) -> None:
    house.join("Sam", can_speak=True)
    hana, sam = house.hana(), house.sam()
    house.audio.error = ActionError("The server does not answer.")
    with unit_of_work():
        people.mute(hana, sam.participant_id)
    house.relay()
    notice = house.pushes(f"backstage:{hana.session_id}")[-1]
    assert (notice.name, notice.data["notice"]["message"]) == ("rooms.order_failed", "The server does not answer.")


def test_what_the_server_cannot_do_is_said_at_once(house: House, clock: Clock) -> None:
    house.join("Sam", can_speak=True)
    hana, sam = house.hana(), house.sam()
    house.audio.can = EVERYTHING - {Capability.MUTE}
    with pytest.raises(ConflictError, match="Sam"), unit_of_work():
        people.mute(hana, sam.participant_id)


def test_removed_people_are_out_at_once_and_stay_out(house: House, clock: Clock) -> None:
    house.join("Omar")
    hana, omar = house.hana(), house.omar()
    with unit_of_work():
        people.remove(hana, omar.participant_id)
    revoked = {one.channel for one in house.told if isinstance(one, Revoke) and one.account_id == omar.account_id}
    assert f"audience:{hana.session_id}" in revoked
    assert f"person:{hana.session_id}:{omar.account_id}" in revoked
    house.relay()
    assert ("remove", "omar") in house.audio.calls
    with pytest.raises(ForbiddenError):
        house.omar()
    house.happens(PlatformEventKind.PARTICIPANT_JOINED, PlatformParticipant("omar"))
    assert house.person(omar).is_present is False


def test_guests_do_not_lead(house: House) -> None:
    hana, guest = house.hana(), house.enter("Gus", is_guest=True)
    for role in ("cohost", "producer", "host"):
        with pytest.raises(AppError):
            set_role(hana, guest, role)
