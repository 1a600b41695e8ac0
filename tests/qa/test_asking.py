"""Asking: what a question may be, who waits for a host, how often one may ask, and that a double click asks once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import InvalidError, TooManyError
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, limits, service
from plugin.qa.errors import SessionFullError, SessionOverError
from plugin.qa.models import Moderation, Question, QuestionSettings, QuestionState, Voice
from plugin.rooms.models import RoomSession
from plugin.rooms.states import SessionState
from tests.qa.cast import Cast, ask, done


def _moderate(cast: Cast, moderation: Moderation) -> None:
    done(service.change_settings, cast.hana, moderation=moderation)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Why   now? ", "Why now?"),
        ("Why\u200b\u202e now?", "Why now?"),
        ("e\u0301te\u0301?", "\u00e9t\u00e9?"),
        ("One?\r\n\r\n\r\nTwo?", "One?\n\nTwo?"),
        ("See https://example.org/<b>", "See https://example.org/<b>"),
        ("x" * 300 + "   ", "x" * 300),
    ],
)
def test_text_is_cleaned_and_links_stay_plain(cast: Cast, text: str, kept: str) -> None:
    assert ask(cast.lina, text).text == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("   \n\t ", "text_empty"),
        ("\u200b\u200b\u200b\u200b", "text_empty"),
        (" ab  ", "text_too_short"),
        ("x" * 301, "text_too_long"),
    ],
)
def test_what_asks_nothing_or_too_much_is_refused_with_a_sentence(cast: Cast, text: str, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        ask(cast.lina, text)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert refused.value.details["fields"]["text"] == [refused.value.message]


def test_the_same_client_id_gives_the_first_question_again(cast: Cast) -> None:
    first = ask(cast.lina, "Will it run on our servers?", client_id="a")
    again = ask(cast.lina, "Will it run on our servers?!", client_id="a")
    assert again.id == first.id
    assert ask(cast.omar, "Mine, with the same id by chance", client_id="a").id != first.id
    assert session().scalar(select(func.count()).select_from(Question)) == 2


def test_numbers_go_up_and_are_never_given_again(cast: Cast) -> None:
    first = ask(cast.lina)
    done(service.withdraw, cast.lina, first.id)
    numbers = [ask(actor).number for actor in (cast.lina, cast.omar, cast.gus)]
    assert [first.number, *numbers] == [1, 2, 3, 4]


def test_asking_too_soon_says_when(cast: Cast) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        done(service.ask, cast.lina, text="First?", client_id="1")
        clock.shift(timedelta(seconds=18))
        with pytest.raises(TooManyError) as refused:
            done(service.ask, cast.lina, text="Second?", client_id="2")
        assert (refused.value.code, refused.value.details) == ("ask_too_soon", {"retry_after_seconds": 12})
        assert refused.value.message == "You can ask again in 12 seconds."
        clock.shift(timedelta(seconds=12))
        assert done(service.ask, cast.lina, text="Second?", client_id="2").number == 2


@pytest.mark.parametrize(("name", "allowed"), [("lina", 5), ("gus", 2)])
def test_a_person_has_few_open_questions_and_an_answer_frees_a_place(cast: Cast, name: str, allowed: int) -> None:
    actor = getattr(cast, name)
    asked = [ask(actor) for _ in range(allowed)]
    with pytest.raises(TooManyError) as refused:
        ask(actor)
    assert refused.value.code == "ask_open_limit"
    assert f"{allowed} open questions" in refused.value.message
    done(desk.move, cast.hana, asked[0].id, to=QuestionState.ON_STAGE)
    with pytest.raises(TooManyError):
        ask(actor)
    done(desk.answered, cast.hana, asked[0].id)
    assert ask(actor).state is QuestionState.OPEN


def test_twenty_in_a_session_are_all_taken_back_ones_included(cast: Cast) -> None:
    for _ in range(20):
        done(service.withdraw, cast.lina, ask(cast.lina).id)
    with pytest.raises(TooManyError) as refused:
        ask(cast.lina)
    assert refused.value.code == "ask_session_limit"
    assert ask(cast.omar).number == 21


def test_a_full_session_refuses_visibly(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAITING_MAX", 3)
    for actor in (cast.lina, cast.omar, cast.gus):
        ask(actor)
    with pytest.raises(SessionFullError) as refused:
        ask(cast.sam)
    assert "3 open questions" in refused.value.message
    assert session().scalar(select(func.count()).select_from(Question)) == 3


def test_nothing_is_asked_or_voted_once_the_session_is_over(cast: Cast) -> None:
    question = ask(cast.lina)
    with unit_of_work():
        session().execute(update(RoomSession).values(state=SessionState.ENDED, ended_at=now()))
    session().expire_all()
    with pytest.raises(SessionOverError):
        ask(cast.omar)
    with pytest.raises(SessionOverError):
        done(service.vote, cast.omar, question.id)


def test_moderation_holds_new_questions_only(cast: Cast) -> None:
    before = ask(cast.lina)
    _moderate(cast, Moderation.ON)
    waiting = ask(cast.omar)
    assert (before.state, waiting.state) == (QuestionState.OPEN, QuestionState.PENDING)
    _moderate(cast, Moderation.OFF)
    assert session().get_one(Question, waiting.id, populate_existing=True).state is QuestionState.PENDING
    assert ask(cast.gus).state is QuestionState.OPEN


def test_hosts_own_questions_wait_for_nobody(cast: Cast) -> None:
    _moderate(cast, Moderation.ON)
    assert [ask(actor).state for actor in (cast.hana, cast.cole, cast.petra)] == [QuestionState.OPEN] * 3


def test_newcomers_wait_until_one_of_theirs_was_shown(cast: Cast) -> None:
    known = ask(cast.lina)
    assert known.is_first
    _moderate(cast, Moderation.NEWCOMERS)
    assert ask(cast.lina).state is QuestionState.OPEN
    new = ask(cast.omar)
    assert new.state is QuestionState.PENDING
    assert ask(cast.omar).state is QuestionState.PENDING
    done(desk.move, cast.hana, new.id, to=QuestionState.OPEN)
    assert ask(cast.omar).state is QuestionState.OPEN


def test_guests_are_always_newcomers(cast: Cast) -> None:
    ask(cast.gus)
    _moderate(cast, Moderation.NEWCOMERS)
    assert ask(cast.gus).state is QuestionState.PENDING


def test_only_the_first_question_is_marked_as_such(cast: Cast) -> None:
    assert [ask(cast.lina).is_first, ask(cast.lina).is_first, ask(cast.omar).is_first] == [True, False, True]


def test_settings_start_with_the_defaults_and_count_their_changes(cast: Cast) -> None:
    _moderate(cast, Moderation.ON)
    _moderate(cast, Moderation.ON)
    kept = session().get_one(QuestionSettings, cast.session_id)
    assert (kept.moderation, kept.vote_counts.value, kept.version) == (Moderation.ON, "always", 2)


def test_the_asker_says_who_should_speak(cast: Cast) -> None:
    assert ask(cast.lina, voice=Voice.EITHER).voice is Voice.EITHER
