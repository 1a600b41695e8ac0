"""Search finds what one may read now, by words, phrases and modifiers, the same on both databases."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine

from plugin.core.clock import now
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, search_index, search_query, search_terms, service
from plugin.messaging.errors import BadSearchError
from tests.messaging.cast import Cast


@pytest.fixture(params=["scanned", "marked", "by words"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way of searching finds the same: few messages, few conversations, many of both."""
    if request.param != "scanned":
        monkeypatch.setattr(search_index, "SCANNED_MAX", 0)
    if request.param == "by words":
        monkeypatch.setattr(search_index, "MARKED_MAX", 0)


def _texts(cast: Cast, query: str) -> list[str]:
    return [item["message"]["text"] for item in cast.get(cast.hana, f"/search?q={quote(query)}")["items"]]


WORDS = {
    "prices": True,
    "PRICES": True,
    "price": True,  # the beginning of a word, from four letters on
    "pri": False,
    "prices spring": True,
    "prices autumn": False,
    '"new prices"': True,
    '"prices new"': False,
    "cafe": True,
    "café": True,
    "cafés": False,
    "会議": True,
    "会": True,
    "議室": True,
    "室会": False,
    "привет": True,
    "example.org": True,
    "'; DROP TABLE messages --": False,
    '"': False,
    "()&|!:*": False,
    "🎉": False,
    "NEAR OR AND": False,
    "_link": False,
}


@pytest.mark.usefixtures("way")
def test_words_are_found_as_people_type_them(cast: Cast) -> None:
    group = cast.group(cast.hana)
    cast.say(cast.hana, group, "The new prices at the Café in spring, 会議室 привет https://example.org/x 🎉")
    assert {query: bool(_texts(cast, query)) for query in WORDS} == WORDS


@pytest.mark.usefixtures("way")
def test_modifiers(cast: Cast) -> None:
    group, direct = cast.group(cast.hana, cast.lina, name="Spring planning"), cast.direct(cast.hana, cast.omar)
    with time_machine.travel("2026-03-10T12:00:00Z", tick=True):
        cast.say(cast.lina, group, "Old plan")
    cast.say(cast.lina, group, "New plan?")
    cast.say(cast.hana, group, "See https://example.org for the plan")
    cast.say(cast.omar, direct, "Private plan")
    assert _texts(cast, "plan") == [
        "Private plan",
        "See https://example.org for the plan",
        "New plan?",
        "Old plan",
    ]
    assert _texts(cast, "plan from:lina") == ["New plan?", "Old plan"]
    assert _texts(cast, "from:me") == ["See https://example.org for the plan"]
    assert _texts(cast, "from:@Omar") == ["Private plan"]
    assert _texts(cast, "from:nobody plan") == []
    assert _texts(cast, "has:link") == ["See https://example.org for the plan"]
    assert _texts(cast, "is:question plan") == ["New plan?"]
    assert _texts(cast, 'in:"spring planning" is:question') == ["New plan?"]
    assert _texts(cast, "in:omar plan") == ["Private plan"]
    assert _texts(cast, f"in:{group.id} from:hana") == ["See https://example.org for the plan"]
    assert _texts(cast, "plan before:2026-03-11") == ["Old plan"]
    assert _texts(cast, "plan before:2026-03-10") == []
    assert "Old plan" not in _texts(cast, "plan after:2026-03-10")
    assert _texts(cast, "plan after:2026-03-09 before:2026-03-11") == ["Old plan"]
    assert _texts(cast, "http://nothing") == []


@pytest.mark.parametrize("query", ["before:yesterday", "after:2026-13-01", "has:cheese", "is:fun"])
def test_a_modifier_that_makes_no_sense_is_named(cast: Cast, query: str) -> None:
    answer = cast.ask(cast.hana, "GET", f"/search?q={query}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_search")
    with pytest.raises(BadSearchError):
        search_query.parse(query)


def test_finds_come_with_the_lines_around_and_in_pages(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    for number in range(9):
        cast.say(cast.hana, group, f"line {number}" + (" needle" if number in {0, 4, 8} else ""))
    page = cast.get(cast.hana, "/search?q=needle&limit=2")
    shown = [
        ([line["seq"] for line in find["before"]], find["message"]["seq"], [line["seq"] for line in find["after"]])
        for find in page["items"]
    ]
    assert shown == [([7, 8], 9, []), ([3, 4], 5, [6, 7])]
    rest = cast.get(cast.hana, f"/search?q=needle&limit=2&cursor={page['next_cursor']}")
    assert [find["message"]["seq"] for find in rest["items"]] == [1] and rest["next_cursor"] is None


@pytest.mark.usefixtures("way")
def test_pages_are_full_although_some_is_hidden(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    for _ in range(5):
        cast.say(cast.hana, group, "needle")
    with unit_of_work():
        conversations.admit(group.id, cast.omar.account_id)
    for _ in range(2):
        cast.say(cast.hana, group, "needle")
    page = cast.get(cast.omar, "/search?q=needle&limit=2")
    assert [find["message"]["seq"] for find in page["items"]] == [7, 6] and page["next_cursor"] is None


def test_what_is_edited_deleted_left_or_erased_is_not_found(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    edited, deleted = cast.say(cast.hana, group, "first needle"), cast.say(cast.hana, group, "second needle")
    with unit_of_work():
        service.edit(cast.hana, edited.id, text="first pin")
        service.delete(cast.hana, deleted.id)
    assert _texts(cast, "needle") == [] and _texts(cast, "first pin") == ["first pin"]
    with unit_of_work():
        conversations.dismiss(group.id, cast.hana.account_id)
    assert _texts(cast, "pin") == []
    other = cast.group(cast.hana)
    cast.say(cast.hana, other, "needle")
    with unit_of_work():
        conversations.erase(other.id)
    assert _texts(cast, "needle") == []


def test_a_text_cannot_pass_for_another_conversation_or_author(cast: Cast) -> None:
    mine, other = cast.group(cast.hana, cast.lina), cast.group(cast.lina)
    cast.say(cast.lina, other, f"{search_terms.mark(mine.id)} {search_terms.mark(cast.hana.account_id)} _link spoof")
    cast.say(cast.lina, mine, f"{search_terms.mark(cast.hana.account_id)} spoof too")
    assert _texts(cast, "spoof") == [f"{search_terms.mark(cast.hana.account_id)} spoof too"]
    assert _texts(cast, "spoof from:me") == [] and _texts(cast, "spoof has:link") == []


@pytest.mark.usefixtures("way")
def test_a_search_through_several_conversations(cast: Cast) -> None:
    groups = [cast.group(cast.hana, cast.lina) for _ in range(3)]
    for group in groups:
        cast.say(cast.hana, group, "needle")
    cast.say(cast.lina, cast.group(cast.lina), "needle elsewhere")
    assert _texts(cast, "needle") == ["needle"] * 3
    assert _texts(cast, f"before:{(now() + timedelta(days=1)).date()}") == ["needle"] * 3
