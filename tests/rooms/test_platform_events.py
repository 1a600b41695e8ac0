"""The order-safe mirror: repeats and reordering never change where a session ends up."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from plugin.core.actor import Role
from plugin.core.clock import isoformat, now
from plugin.core.database import session as db_session
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import events, queries, views
from plugin.rooms.models import Participant, Room, RoomSession
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant
from tests.rooms.conftest import Clock
from tests.rooms.house import INSTALL, ROOM, House

Kind = PlatformEventKind
PEOPLE = ("sam", "lina", "omar")


def told(
    kind: Kind, at: datetime, who: str | None = None, *, event_id: str | None = None, room: str = ROOM, **seen: Any
) -> PlatformEvent:
    person = PlatformParticipant(who, **({"name": who.title()} | seen)) if who else None
    return PlatformEvent(kind, event_id or f"{kind}-{who}-{at.timestamp()}", room, at, person)


def mirror(install_id: str = INSTALL) -> dict[str, Any]:
    """Return everything that people could see of the room's latest session, ids left out."""
    db_session().rollback()
    place = db_session().scalars(select(Room).where(Room.install_id == install_id, Room.external_id == ROOM)).one()
    session = queries.newest_session(place.id)
    assert session is not None
    people = db_session().scalars(select(Participant).where(Participant.session_id == session.id))
    return {
        "session": _without(views.session_view(session, place), "id", "room_id", "version", "title"),
        "people": {
            person.platform_user_id: _without(
                views.participant_view(person, is_backstage=True), "id", "account_id", "turns_count"
            )
            for person in people
        },
        "hands": sorted(
            (hand.order_key, person.platform_user_id or "", isoformat(hand.raised_at))
            for hand, person in queries.raised_hands(session.id)
        ),
    }


def _without(view: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name not in names}


def test_an_unknown_room_is_mirrored_live(house: House, clock: Clock) -> None:
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "lina")])
    seen = mirror()
    assert seen["session"]["state"] == "live"
    assert seen["session"]["present_count"] == 1
    assert seen["people"]["lina"]["is_present"] is True
    assert seen["people"]["lina"]["name"] == "Lina"


def test_a_repeat_changes_nothing_and_counts_as_nothing(house: House, clock: Clock) -> None:
    event = told(Kind.PARTICIPANT_JOINED, now(), "lina")
    assert house.receive([event, event]) == 1
    before, recorded = mirror(), house.recorded("rooms.participant_joined")
    assert house.receive([event]) == 0
    assert mirror() == before
    assert house.recorded("rooms.participant_joined") == recorded == 1


def test_the_same_event_id_of_another_install_is_another_event(house: House, clock: Clock) -> None:
    event = told(Kind.PARTICIPANT_JOINED, now(), "lina", event_id="EV_1")
    assert house.receive([event]) == 1
    assert house.receive([event], install_id="ins_two") == 1
    rooms = db_session().scalars(select(Room.install_id)).all()
    assert sorted(rooms) == ["ins_one", "ins_two"]


def test_an_older_left_never_undoes_a_newer_joined(house: House, clock: Clock) -> None:
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "lina")])
    house.receive([told(Kind.PARTICIPANT_LEFT, now() - timedelta(seconds=3), "lina")])
    assert mirror()["people"]["lina"]["is_present"] is True


@pytest.mark.parametrize("first", [Kind.PARTICIPANT_LEFT, Kind.PARTICIPANT_JOINED])
def test_at_the_same_instant_joined_wins(house: House, clock: Clock, first: Kind) -> None:
    second = ({Kind.PARTICIPANT_LEFT, Kind.PARTICIPANT_JOINED} - {first}).pop()
    at = now()
    house.receive([told(first, at, "lina")])
    house.receive([told(second, at, "lina")])
    assert mirror()["people"]["lina"]["is_present"] is True


def test_who_makes_a_sound_is_there_even_if_the_join_was_lost(house: House, clock: Clock) -> None:
    house.receive([told(Kind.MIC_ON, now(), "sam")])
    assert mirror()["people"]["sam"]["is_present"] is True
    assert mirror()["people"]["sam"]["is_audible"] is True


def test_the_end_of_the_room_empties_it(house: House, clock: Clock) -> None:
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), who) for who in PEOPLE])
    clock.pass_by(5)
    house.receive([told(Kind.ROOM_ENDED, now())])
    seen = mirror()
    assert seen["session"]["state"] == "ended"
    assert seen["session"]["present_count"] == 0
    assert not any(person["is_present"] for person in seen["people"].values())
    assert house.recorded("rooms.session_ended") == 1


def test_a_room_that_is_back_within_five_minutes_goes_on_with_the_same_session(house: House, clock: Clock) -> None:
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "lina")])
    house.receive([told(Kind.ROOM_ENDED, now() + timedelta(seconds=1))])
    clock.pass_by(299)
    house.receive([told(Kind.ROOM_STARTED, now())])
    assert (mirror()["session"]["number"], mirror()["session"]["state"]) == (1, "live")
    assert "lina" in mirror()["people"]


def test_a_room_that_is_back_later_starts_anew_without_its_former_people(house: House, clock: Clock) -> None:
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "lina")])
    house.receive([told(Kind.ROOM_ENDED, now() + timedelta(seconds=1))])
    clock.pass_by(302)
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "omar")])
    assert (mirror()["session"]["number"], mirror()["session"]["state"]) == (2, "live")
    assert set(mirror()["people"]) == {"omar"}


def test_a_late_word_of_the_former_session_does_not_touch_the_new_one(house: House, clock: Clock) -> None:
    start = now()
    house.receive([told(Kind.ROOM_STARTED, start), told(Kind.ROOM_ENDED, start + timedelta(seconds=10))])
    clock.pass_by(400)
    house.receive([told(Kind.PARTICIPANT_JOINED, now(), "omar")])
    before = mirror()
    house.receive([told(Kind.ROOM_ENDED, start + timedelta(seconds=9), event_id="late")])
    house.receive([told(Kind.PARTICIPANT_LEFT, start + timedelta(seconds=9), "omar", event_id="late-too")])
    assert mirror() == before


def test_the_first_to_claim_host_is_host(house: House, clock: Clock) -> None:
    late, early = now(), now() - timedelta(seconds=5)
    house.receive([told(Kind.PARTICIPANT_JOINED, late, "omar", role=Role.HOST)])
    assert mirror()["people"]["omar"]["role"] == "host"
    house.receive([told(Kind.PARTICIPANT_JOINED, early, "sam", role=Role.HOST)])
    assert mirror()["people"]["sam"]["role"] == "host"
    assert mirror()["people"]["omar"]["role"] == "cohost"


START = now().replace(microsecond=0)

persons = st.sampled_from(PEOPLE)
seconds = st.integers(min_value=0, max_value=120)
maybe = st.sampled_from([None, True, False])


@st.composite
def platform_events(draw: st.DrawFn) -> PlatformEvent:
    kind = draw(st.sampled_from(list(Kind)))
    at = START + timedelta(seconds=draw(seconds))
    if kind in {Kind.ROOM_STARTED, Kind.ROOM_ENDED}:
        return told(kind, at)
    who = draw(persons)
    role = draw(st.sampled_from([None, Role.COHOST, Role.SPEAKER, Role.LISTENER, Role.HOST]))
    seen: dict[str, Any] = {
        "role": role,
        "can_speak": draw(maybe),
        "name": draw(st.sampled_from(["", who.title(), f"{who} B"])),
    }
    salt = draw(st.integers(0, 999))  # ids break ties between events of one instant, whichever way they fall
    return told(kind, at, who, event_id=f"{kind}-{who}-{at.timestamp()}-{seen}-{salt}", **seen)


_numbers = count(1)


histories = st.lists(platform_events(), min_size=1, max_size=7, unique_by=lambda event: event.event_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here depends on the database
@settings(
    max_examples=200,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=histories.flatmap(lambda history: st.tuples(st.just(history), st.permutations(history * 3))))
def test_every_event_three_times_in_any_order_ends_where_the_true_order_ends(
    house: House, orders: tuple[list[PlatformEvent], list[PlatformEvent]]
) -> None:
    history, shuffled = orders
    truth, mixed = f"ins_{next(_numbers)}", f"ins_{next(_numbers)}"
    _tell_one_by_one(truth, sorted(history, key=lambda event: event.occurred_at))
    _tell_one_by_one(mixed, shuffled)
    house.told.clear()
    different = _differences(mirror(mixed), mirror(truth))
    assert not different, "\n".join([*different, *(_brief(event) for event in shuffled)])


def _differences(one: Any, other: Any, path: str = "") -> list[str]:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [] if one == other else [f"{path}: {one} instead of {other}"]
    return [
        line
        for name in sorted({*one, *other})
        for line in _differences(one.get(name), other.get(name), f"{path}/{name}")
    ]


def _brief(event: PlatformEvent) -> str:
    seen = event.participant
    second = int((event.occurred_at - START).total_seconds())
    about = f" {seen.platform_user_id} {seen.role} {seen.can_speak} {seen.name!r}" if seen else ""
    return f"{second}s {event.kind}{about}"


def _tell_one_by_one(install_id: str, history: list[PlatformEvent]) -> None:
    with unit_of_work():  # one transaction only for speed
        for event in history:
            events.receive(install_id, [event])


def test_counters_agree_with_the_rows(house: House, app: Flask, clock: Clock) -> None:
    house.join("Sam", "Lina", "Omar")
    house.leave("Lina")
    house.join("Lina")
    house.leave("Omar")
    session = db_session().scalars(select(RoomSession)).one()
    present = db_session().scalars(select(Participant).where(Participant.is_present)).all()
    assert session.present_count == len(present) == 2
