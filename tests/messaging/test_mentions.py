"""Only people who are here can be called by name; everybody at once only by moderators, and not in a crowd."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.accounts.models import Account
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import kinds, mentions, service
from plugin.messaging.errors import TooManyPeopleError
from tests.messaging.cast import Cast


def _called(cast: Cast, text: str, who: Any = None, **more: Any) -> list[str]:
    group = cast.group(cast.hana, cast.lina, cast.omar, **more)
    return sorted(one.get("name") or one["group"] for one in cast.say(who or cast.hana, group, text).mentions)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Lina and @omar, hello", ["Lina", "omar"]),
        ("(@Lina!)", ["Lina"]),
        ("@Nadia @Cole @Zoe", []),
        ("mail@Lina @ Lina", []),
        ("@Linage", []),
        ("@Lina @Lina", ["Lina"]),
        ("@hosts", []),  # this conversation belongs to no session
    ],
)
def test_members_are_called_by_name(cast: Cast, text: str, called: list[str]) -> None:
    assert _called(cast, text) == called


def test_names_may_have_several_words(cast: Cast) -> None:
    with unit_of_work():
        session().get_one(Account, cast.lina.account_id).name = "Lina de la Cruz"
    assert _called(cast, "@Lina de la Cruz please") == ["Lina de la Cruz"]
    assert _called(cast, "@Lina please") == []


def test_groups_of_a_session_can_be_called(cast: Cast) -> None:
    assert _called(cast, "@hosts @speakers", session_id=cast.hana.session_id) == ["hosts", "speakers"]


def test_everybody_is_called_by_moderators_only(cast: Cast) -> None:
    assert _called(cast, "@all @here") == ["all", "here"]
    assert _called(cast, "@all @here", cast.lina) == []


def test_a_crowd_is_not_called(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions, "CALLED_MAX", 2)
    assert kinds.CALLED_MAX == 50
    with pytest.raises(TooManyPeopleError):
        _called(cast, "@all")
    assert _called(cast, "@all", cast.lina) == []


def test_a_mention_is_a_token_with_its_account(cast: Cast) -> None:
    sent = cast.say(cast.hana, cast.group(cast.hana, cast.lina), "Hi **@Lina**, `@Lina`")
    strong = sent.body[0]["children"][1]
    assert strong["children"] == [{"type": "mention", "text": "@Lina", "account_id": cast.lina.account_id}]
    assert sent.body[0]["children"][3] == {"type": "code", "text": "@Lina"}


def test_an_edit_calls_anew_but_says_nothing_of_it(cast: Cast, told: list[Any]) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.hana, group, "Hi")
    with unit_of_work():
        assert service.edit(cast.hana, sent.id, text="Hi @Lina").mentions[0]["name"] == "Lina"
    assert {one.name for one in told[-1:]} == {"messaging.message_edited"}
