"""A session's life: every step of the table, the return within five minutes, and rooms that nobody is in."""

from __future__ import annotations

from itertools import product

import pytest

from plugin.core.actor import Actor, Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import ConflictError, ForbiddenError
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import bootstrap, people, presence, sessions, sweeps
from plugin.rooms.models import Participant
from plugin.rooms.ports import PlatformEventKind
from plugin.rooms.states import SESSION_STEPS, SessionState
from tests.rooms.conftest import Clock
from tests.rooms.house import House


@pytest.fixture
def hana(house: House, clock: Clock) -> Actor:
    return house.hana()


def move(actor: Actor, to: str) -> None:
    with unit_of_work():
        sessions.move(actor, to)


def put(house: House, actor: Actor, state: SessionState) -> None:
    with unit_of_work():
        session = house.session(actor)
        session.state = state
        session.ended_at = now() if state == SessionState.ENDED else None


def test_every_step_is_as_the_table_says(house: House, hana: Actor) -> None:
    for before, to in product(SessionState, SessionState):
        put(house, hana, before)
        if to == before or to in SESSION_STEPS[before]:
            move(hana, to)
            assert house.session(hana).state == to
        else:
            with pytest.raises(ConflictError) as refused:
                move(hana, to)
            assert (refused.value.code, refused.value.details["state"]) == ("illegal_transition", before)
            assert house.session(hana).state == before


def test_a_panel_alone_opens_the_lobby_and_a_join_makes_it_live(house: House, hana: Actor) -> None:
    assert house.session(hana).state == "lobby"
    house.join("Lina")
    assert house.session(hana).state == "live"
    assert house.recorded("rooms.session_started") == 1


def test_the_host_may_press_start(house: House, hana: Actor) -> None:
    move(hana, "live")
    session = house.session(hana)
    assert session.state == "live"
    assert session.started_at is not None


def test_who_may_start_and_end(house: House, hana: Actor) -> None:
    cole, lina, moderator = house.cole(), house.lina(), house.enter("Mona", is_platform_moderator=True)
    with pytest.raises(ForbiddenError):
        move(lina, "live")
    move(cole, "live")
    for actor in (cole, lina):
        with pytest.raises(ForbiddenError):
            move(actor, "ended")
    move(moderator, "ended")
    assert house.session(hana).state == "ended"


def test_the_end_by_the_host_is_not_undone_by_a_late_listener(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    move(hana, "ended")
    clock.pass_by(10)
    house.join("Omar")
    session = house.session(hana)
    assert (session.state, session.present_count) == ("ended", 0)


def test_the_host_may_go_on_within_five_minutes_and_not_later(house: House, clock: Clock, hana: Actor) -> None:
    move(hana, "live")
    move(hana, "ended")
    clock.pass_by(290)
    move(hana, "live")
    assert house.session(hana).ended_at is None
    move(hana, "ended")
    clock.pass_by(310)
    with pytest.raises(ConflictError):
        move(hana, "live")


def test_a_later_sign_in_opens_a_new_session_in_which_former_people_are_strangers(
    house: House, clock: Clock, hana: Actor
) -> None:
    lina = house.lina()
    move(hana, "live")
    move(hana, "ended")
    clock.pass_by(100)
    assert house.lina().session_id == hana.session_id
    assert house.session(hana).present_count == 0, "a panel of a room that is over is not presence"
    clock.pass_by(300)
    omar = house.omar()
    assert omar.session_id != hana.session_id
    people_there = db_session().scalars(
        db_session().query(Participant.account_id).where(Participant.session_id == omar.session_id).statement
    )
    assert list(people_there) == [omar.account_id]
    assert lina.account_id not in {omar.account_id}


def test_the_end_empties_the_room_and_then_forgets_who_sat_where(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    lina = house.lina()
    move(hana, "ended")
    assert house.session(hana).present_count == 0
    assert house.person(lina).is_present is False
    assert sweeps.forget_presence() == 0
    clock.pass_by(400)
    assert sweeps.forget_presence() == 1
    person = house.person(lina)
    assert (person.joined_at, person.left_at, person.last_seen_at, person.last_platform_at) == (None,) * 4
    assert (person.clocks, person.presence_stamp) == ({}, "")
    assert sweeps.forget_presence() == 0


def test_a_room_without_anybody_ends_after_a_quarter_of_an_hour(house: House, clock: Clock, hana: Actor) -> None:
    house.join("Lina")
    clock.pass_by(1000)
    assert sweeps.drop_silent_panels() == 1  # Hana's panel went silent; Lina is in the audio
    assert sweeps.end_empty_sessions() == 0
    house.leave("Lina")
    clock.pass_by(14 * 60)
    sweeps.end_empty_sessions()
    assert house.session(hana).state == "live"
    clock.pass_by(2 * 60)
    assert sweeps.end_empty_sessions() == 1
    assert house.session(hana).state == "ended"


def test_a_lobby_that_nobody_came_to_is_cancelled(house: House, clock: Clock, hana: Actor) -> None:
    clock.pass_by(16 * 60)
    sweeps.drop_silent_panels()
    sweeps.end_empty_sessions()
    assert house.session(hana).state == "cancelled"
    assert house.hana().session_id != hana.session_id


def test_a_panel_is_presence_until_the_audio_server_speaks(house: House, clock: Clock, hana: Actor) -> None:
    lina = house.lina()
    assert house.person(lina).is_present is True
    clock.pass_by(60)
    with unit_of_work():
        people.beat(lina)
    clock.pass_by(60)
    sweeps.drop_silent_panels()
    assert house.person(lina).is_present is True
    clock.pass_by(presence.HEARTBEAT_SECONDS)
    sweeps.drop_silent_panels()
    assert house.person(lina).is_present is False
    with unit_of_work():
        people.beat(lina)
    assert house.person(lina).is_present is True
    house.join("Lina")
    house.leave("Lina")
    with unit_of_work():
        people.beat(lina)
    assert house.person(lina).is_present is False, "the audio server knows better"


def test_listening_quietly_is_counted_and_not_listed(house: House, hana: Actor) -> None:
    house.join("Lina", "Omar")
    lina, omar = house.lina(), house.omar()
    with unit_of_work():
        people.listen_quietly(lina, True)
    session = house.session(hana)
    assert (session.present_count, session.quiet_count) == (3, 1)
    assert "Lina" not in names(omar)
    assert "Lina" in names(hana)
    gone = house.pushes(f"audience:{hana.session_id}")[-1]
    assert gone.data == {"removed": {"kind": "participant", "id": lina.participant_id}}
    house.leave("Lina")
    assert (house.session(hana).present_count, house.session(hana).quiet_count) == (2, 0)


def names(actor: Actor) -> set[str]:
    return {person["name"] for person in bootstrap.participants_view(actor)}


def test_the_role_of_the_former_session_is_not_taken_along(house: House, clock: Clock, hana: Actor) -> None:
    house.happens(PlatformEventKind.ROOM_ENDED)
    clock.pass_by(301)
    assert house.enter("Hana").role == Role.LISTENER
