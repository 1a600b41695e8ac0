"""The queue of hands: one order for everyone, and hands that go down by themselves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask

from plugin.core.actor import Actor
from plugin.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.realtime.push import Tally
from plugin.rooms import hands, queries, sessions, settings
from plugin.rooms.ports import PORTS, PlatformEventKind, PlatformParticipant, Ports
from tests.rooms.conftest import Clock
from tests.rooms.house import House


@pytest.fixture
def hana(house: House, clock: Clock) -> Actor:
    return house.hana()


def raise_hand(actor: Actor, **more: str | None) -> str:
    with unit_of_work():
        return hands.raise_hand(actor, **more).id


def queue(actor: Actor) -> list[str]:
    return [person.name for _, person in queries.raised_hands(actor.session_id)]


def test_the_queue_is_first_come_first_served(house: House, hana: Actor) -> None:
    for person in (house.lina(), house.sam(), house.omar()):
        raise_hand(person)
    assert queue(hana) == ["Lina", "Sam", "Omar"]


def test_raising_again_keeps_the_place_and_takes_the_new_words(house: House, hana: Actor) -> None:
    lina, omar = house.lina(), house.omar()
    first = raise_hand(lina)
    raise_hand(omar)
    assert raise_hand(lina, reason="  about   costs ") == first
    assert queue(hana) == ["Lina", "Omar"]
    assert queries.hand(hana.session_id, first).reason == "about costs"


def test_raising_anew_after_lowering_goes_to_the_end(house: House, hana: Actor) -> None:
    lina, omar = house.lina(), house.omar()
    raise_hand(lina)
    raise_hand(omar)
    with unit_of_work():
        hands.lower_mine(lina)
        hands.lower_mine(lina)
    raise_hand(lina)
    assert queue(hana) == ["Omar", "Lina"]


def test_not_now_sends_a_hand_to_the_end(house: House, hana: Actor) -> None:
    lina, omar = house.lina(), house.omar()
    hand = raise_hand(lina)
    raise_hand(omar)
    with unit_of_work():
        hands.put_last(hana, hand)
    assert queue(hana) == ["Omar", "Lina"]


def test_only_hosts_manage_the_queue_of_their_own_room(house: House, hana: Actor) -> None:
    hand = raise_hand(house.lina())
    omar = house.omar()
    otto = house.enter("Otto", room="elsewhere", is_room_admin=True)
    for act in (hands.put_last, hands.dismiss):
        with pytest.raises(ForbiddenError), unit_of_work():
            act(omar, hand)
        with pytest.raises(NotFoundError), unit_of_work():
            act(otto, hand)
    with pytest.raises(ForbiddenError), unit_of_work():
        hands.lower_all(omar)
    assert queue(hana) == ["Lina"]
    with unit_of_work():
        assert hands.lower_all(hana) == 1
    assert queue(hana) == []


def test_a_reason_is_short(house: House, hana: Actor) -> None:
    with pytest.raises(InvalidError):
        raise_hand(house.lina(), reason="x" * 141)


@pytest.mark.parametrize("wanted", ["off", "invited"])
def test_hosts_decide_who_may_raise_a_hand(house: House, hana: Actor, wanted: str) -> None:
    lina = house.lina()
    raise_hand(lina)
    with unit_of_work():
        settings.change(hana, hands=wanted)
    with pytest.raises(ForbiddenError):
        raise_hand(house.omar())
    assert queue(hana) == ["Lina"], "hands that are up stay up"


class AFollower:
    """Hana follows Lina and nobody else."""

    def __init__(self, lina: Actor) -> None:
        self._lina = lina

    def follows(self, follower_id: str, followed_id: str) -> bool:
        return followed_id == self._lina.account_id

    def followed_among(self, follower_id: str, account_ids: object) -> frozenset[str]:
        return frozenset({self._lina.account_id})

    def followers_among(self, followed_id: str, account_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(account_ids if followed_id == self._lina.account_id else ())

    def followed_by(self, follower_id: str) -> frozenset[str]:
        return frozenset({self._lina.account_id})

    def is_available(self) -> bool:
        return True


def test_followed_people_only_once_people_can_follow(app: Flask, house: House, hana: Actor) -> None:
    with pytest.raises(ConflictError), unit_of_work():
        settings.change(hana, hands="followed")
    lina = house.lina()
    PORTS.put(app, Ports(platforms=house.servers, follows=AFollower(lina)))
    with unit_of_work():
        settings.change(hana, hands="followed")
    raise_hand(lina)
    with pytest.raises(ForbiddenError):
        raise_hand(house.omar())


class OnlyLinas:
    """One question, and it is Lina's."""

    def is_own(self, actor: Actor, question_id: str) -> bool:
        return actor.name == "Lina" and question_id == "qst_linas"


def test_only_an_own_question_goes_with_a_hand(app: Flask, house: House, hana: Actor) -> None:
    PORTS.put(app, Ports(platforms=house.servers, questions=OnlyLinas()))
    with pytest.raises(NotFoundError):
        raise_hand(house.omar(), question_id="qst_linas")
    hand = raise_hand(house.lina(), question_id="qst_linas")
    assert queries.hand(hana.session_id, hand).question_id == "qst_linas"


def test_no_hands_after_the_end(house: House, hana: Actor) -> None:
    lina = house.lina()
    raise_hand(lina)
    with unit_of_work():
        sessions.move(hana, "live")
        sessions.move(hana, "ended")
    assert queue(hana) == []
    with pytest.raises(ConflictError):
        raise_hand(lina)


def test_five_seconds_of_speech_lower_the_hand(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Sam", can_speak=True)
    raise_hand(house.sam())
    house.happens(PlatformEventKind.MIC_ON, PlatformParticipant("sam"))
    clock.pass_by(4)
    house.relay()
    assert queue(hana) == ["Sam"]
    clock.pass_by(2)
    house.relay()
    assert queue(hana) == []


def test_a_short_sound_leaves_the_hand_up(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Sam", can_speak=True)
    raise_hand(house.sam())
    house.happens(PlatformEventKind.MIC_ON, PlatformParticipant("sam"))
    clock.pass_by(2)
    house.happens(PlatformEventKind.MIC_OFF, PlatformParticipant("sam"))
    clock.pass_by(1)
    house.happens(PlatformEventKind.MIC_ON, PlatformParticipant("sam"))
    clock.pass_by(3)
    house.relay()
    assert queue(hana) == ["Sam"]
    clock.pass_by(3)
    house.relay()
    assert queue(hana) == []


def test_a_minute_of_absence_lowers_the_hand(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    raise_hand(house.lina())
    house.leave("Lina")
    clock.pass_by(59)
    house.relay()
    assert queue(hana) == ["Lina"]
    clock.pass_by(2)
    house.relay()
    assert queue(hana) == []


def test_who_comes_back_within_a_minute_keeps_the_hand(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    raise_hand(house.lina())
    house.leave("Lina")
    clock.pass_by(30)
    house.join("Lina")
    clock.pass_by(10)
    house.leave("Lina")
    clock.pass_by(25)
    house.relay()
    assert queue(hana) == ["Lina"], "the second absence began anew"
    clock.pass_by(40)
    house.relay()
    assert queue(hana) == []


def test_hands_of_the_audio_server_stand_in_the_same_queue(house: House, hana: Actor) -> None:
    house.join("Sam", "Lina")
    raise_hand(house.omar())
    house.happens(PlatformEventKind.HAND_RAISED, PlatformParticipant("sam"))
    raise_hand(house.lina())
    assert queue(hana) == ["Omar", "Sam", "Lina"]
    house.happens(PlatformEventKind.HAND_LOWERED, PlatformParticipant("sam"))
    assert queue(hana) == ["Omar", "Lina"]


def test_the_desk_gets_one_figure_not_one_notice_per_hand(house: House, hana: Actor) -> None:
    for person in (house.lina(), house.omar()):
        raise_hand(person)
    figures = [one for one in house.told if isinstance(one, Tally) and one.name == "rooms.hands"]
    assert {figure.key for figure in figures} == {hana.session_id}
    assert figures[-1].data == {"raised_count": 2}
    assert {figure.channel for figure in figures} == {f"backstage:{hana.session_id}"}


def test_the_reason_is_for_backstage_and_its_owner(house: House, hana: Actor) -> None:
    lina = house.lina()
    raise_hand(lina, reason="a private matter")
    heard = str([push.data for push in house.pushes(f"audience:{hana.session_id}")])
    assert "private" not in heard
    assert "private" in str([push.data for push in house.pushes(f"backstage:{hana.session_id}")])
    assert "private" in str([push.data for push in house.pushes(f"person:{hana.session_id}:{lina.account_id}")])
