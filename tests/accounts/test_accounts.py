"""Accounts: found by identity, never merged by accident, with the time people need."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from plugin.accounts import queries, service
from plugin.accounts.models import Account
from plugin.accounts.service import Profile
from plugin.core.database import session
from plugin.core.errors import ConflictError
from plugin.core.unit_of_work import unit_of_work


@pytest.fixture(autouse=True)
def _app(app: Flask) -> None:
    """Every test here needs the database."""


def recognise(user_id: str, install_id: str = "ins_one", **profile: object) -> Account:
    with unit_of_work():
        return service.recognise(install_id, user_id, Profile(**profile))  # type: ignore[arg-type]


def test_the_same_identity_is_the_same_account() -> None:
    assert recognise("u:1", name="Lina").id == recognise("u:1").id
    assert session().scalars(select(func.count()).select_from(Account)).one() == 1


def test_the_same_id_on_another_install_is_somebody_else() -> None:
    assert recognise("u:1").id != recognise("u:1", "ins_two").id


def test_what_a_source_does_not_say_stays() -> None:
    recognise("u:1", name="Lina", locale="de", is_platform_moderator=True)
    account = recognise("u:1")
    assert (account.name, account.locale, account.is_platform_moderator) == ("Lina", "de", True)


def test_a_long_name_is_cut_and_an_empty_one_replaced() -> None:
    assert len(recognise("u:1", name="x" * 500).name) == service.NAME_MAX
    assert recognise("u:2", name=" \u202e ").name == service.NAMELESS


@pytest.mark.parametrize(("limits", "undo", "answer"), [("standard", 10, 30), ("long", 60, 120), ("none", None, None)])
def test_time_limits(limits: str, undo: int | None, answer: int | None) -> None:
    assert service.undo_seconds(limits) == undo
    wait = service.time_to_answer(limits, 30)
    assert (wait.total_seconds() if wait else None) == answer


def test_preferences_are_kept() -> None:
    account = recognise("u:1", name="Lina")
    with unit_of_work():
        service.prefer_time_limits(account.id, "long")
    session().rollback()
    assert queries.account(account.id).time_limits == "long"


def test_only_guests_of_the_same_install_are_merged_and_only_once() -> None:
    person = recognise("u:1", name="Gustav")
    with unit_of_work():
        guest = service.admit_guest("ins_one", "Gus", [])
        stranger = service.admit_guest("ins_two", "Gil", [])
    for wrong in (person, stranger, recognise("u:2")):
        with pytest.raises(ConflictError), unit_of_work():
            service.merge_guest(wrong, person)
    with unit_of_work():
        service.merge_guest(guest, person)
    session().rollback()
    assert session().get_one(Account, guest.id).merged_into_id == person.id
    with pytest.raises(ConflictError), unit_of_work():
        service.merge_guest(session().get_one(Account, guest.id), person)
