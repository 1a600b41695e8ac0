"""Many people at the same moment: one room, one session, true counters, one queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from plugin.core.database import db
from plugin.core.database import session as db_session
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import access, events, hands, queries, stage
from plugin.rooms.models import Hand, Participant, Room, RoomSession
from plugin.rooms.ports import PlatformEventKind
from tests.rooms.house import INSTALL, House, identity
from tests.rooms.test_platform_events import told

CROWD = 12


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> None:
    """Do everything at the same moment, each in a thread and app context of its own; the first error is raised."""
    barrier, errors = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    act()
            except Exception as error:  # noqa: BLE001  # raised below, in the test's own thread
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def count(what: Any) -> int:
    db_session().rollback()
    return db_session().scalars(select(func.count()).select_from(what)).one()


def test_a_crowd_that_signs_in_opens_one_session(app: Flask, house: House) -> None:
    at_once(app, [partial(access.sign_in, INSTALL, identity(f"Listener {n}")) for n in range(CROWD)])
    assert (count(Room), count(RoomSession), count(Participant)) == (1, 1, CROWD)
    assert db_session().scalars(select(RoomSession.present_count)).one() == CROWD


def test_one_person_with_many_tabs_is_one_person(app: Flask, house: House) -> None:
    house.hana()
    at_once(app, [lambda: access.sign_in(INSTALL, identity("Lina")) for _ in range(CROWD)])
    assert count(Participant) == 2
    assert db_session().scalars(select(RoomSession.present_count)).one() == 2


@pytest.mark.parametrize("is_same_event", [True, False])
def test_events_that_arrive_together_count_once(app: Flask, house: House, is_same_event: bool) -> None:
    house.hana()
    at = house.session(house.hana()).opened_at
    joins = [
        told(PlatformEventKind.PARTICIPANT_JOINED, at, "lina", event_id="EV" if is_same_event else f"EV{n}")
        for n in range(CROWD)
    ]
    at_once(app, [partial(events.receive, INSTALL, [join]) for join in joins])
    assert house.recorded("rooms.participant_joined") == 2
    assert db_session().scalars(select(RoomSession.present_count)).one() == 2


def test_hands_that_go_up_together_have_places_of_their_own(app: Flask, house: House) -> None:
    people = [house.enter(f"Listener {n}") for n in range(CROWD)]
    at_once(app, [partial(hands.raise_hand, person) for person in people for _ in range(2)])
    assert count(Hand) == CROWD
    keys = db_session().scalars(select(Hand.order_key)).all()
    assert len(set(keys)) == CROWD


def test_agreeing_in_six_tabs_is_agreeing_once(app: Flask, house: House) -> None:
    house.join("Lina")
    hana, lina = house.hana(), house.lina()
    with unit_of_work():
        turn_id = stage.invite(hana, lina.participant_id).id
    at_once(app, [lambda: stage.accept(lina, turn_id) for _ in range(6)])
    assert house.recorded("rooms.stage_accepted") == 1
    assert queries.turn(hana.session_id, turn_id).version == 2
