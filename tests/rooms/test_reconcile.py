"""When webhooks get lost: the list of the audio server mends the mirror."""

from __future__ import annotations

import pytest

from plugin.core.actor import Actor
from plugin.core.database import session as db_session
from plugin.rooms.ports import ActionError, Capability, PlatformEventKind, PlatformParticipant
from plugin.rooms.reconcile import reconcile_live_rooms
from tests.rooms.audio_server import EVERYTHING
from tests.rooms.conftest import Clock
from tests.rooms.house import ROOM, House


@pytest.fixture
def hana(house: House, clock: Clock) -> Actor:
    return house.hana()


def test_people_whose_events_were_lost_appear_and_disappear(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina", "Omar")
    lina, omar = house.lina(), house.omar()
    clock.pass_by(60)
    house.audio.put(ROOM, PlatformParticipant("omar", "Omar"), PlatformParticipant("sam", "Sam", can_speak=True))
    assert reconcile_live_rooms() == 2
    assert house.person(lina).is_present is False
    assert house.person(omar).is_present is True
    assert house.sam().role == "speaker"
    assert reconcile_live_rooms() == 0


def test_speech_and_microphones_are_mended_too(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    lina = house.lina()
    clock.pass_by(60)
    house.audio.put(ROOM, PlatformParticipant("lina", "Lina", can_speak=True, is_audible=True))
    reconcile_live_rooms()
    assert (house.person(lina).can_speak, house.person(lina).is_audible) == (True, True)
    clock.pass_by(60)
    house.audio.put(ROOM, PlatformParticipant("lina", "Lina", can_speak=False, is_audible=False))
    reconcile_live_rooms()
    assert (house.person(lina).can_speak, house.person(lina).is_audible) == (False, False)


def test_a_lobby_whose_start_was_lost_goes_live(house: House, clock: Clock, hana: Actor) -> None:
    house.audio.put(ROOM, PlatformParticipant("lina", "Lina"))
    reconcile_live_rooms()
    assert house.session(hana).state == "live"


@pytest.mark.parametrize("error", [ActionError("no answer"), RuntimeError("a mistake in the adapter")])
def test_a_server_that_fails_leaves_everything_as_it_was(
    house: House, clock: Clock, hana: Actor, error: Exception
) -> None:
    house.join("Lina")
    lina = house.lina()
    clock.pass_by(600)
    house.audio.rooms.clear()
    house.audio.error = error
    assert reconcile_live_rooms() == 0
    assert house.person(lina).is_present is True


def test_somebody_who_joined_this_moment_is_not_thrown_out_by_an_older_list(
    house: House, clock: Clock, hana: Actor
) -> None:
    house.happens(PlatformEventKind.PARTICIPANT_JOINED, PlatformParticipant("lina", "Lina"))
    lina = house.lina()
    house.audio.put(ROOM)
    assert reconcile_live_rooms() == 0
    assert house.person(lina).is_present is True


def test_ended_rooms_are_left_alone(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    house.happens(PlatformEventKind.ROOM_ENDED)
    reconcile_live_rooms()
    assert ("participants", ROOM) not in house.audio.calls
    assert house.session(hana).state == "ended"


def test_without_a_list_a_panel_silent_for_ninety_seconds_means_left(house: House, clock: Clock, hana: Actor) -> None:
    house.audio.can = EVERYTHING - {Capability.LIST_PARTICIPANTS}
    house.join("Lina", "Omar")
    lina = house.lina()
    clock.pass_by(80)
    reconcile_live_rooms()
    assert house.person(lina).is_present is True
    clock.pass_by(20)
    assert reconcile_live_rooms() == 2  # Hana's and Lina's panels; Omar never opened one
    assert house.person(lina).is_present is False
    assert house.session(hana).present_count == 1


def test_no_transaction_is_open_while_the_server_is_asked(house: House, clock: Clock, hana: Actor) -> None:
    states: list[bool] = []
    real = house.audio.participants

    def watched(room: str) -> object:
        states.append(db_session().in_transaction())
        return real(room)

    house.audio.participants = watched  # type: ignore[method-assign,assignment]
    reconcile_live_rooms()
    assert states == [False]
