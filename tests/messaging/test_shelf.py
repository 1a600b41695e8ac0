"""What each person keeps: read markers, unread counts, mutes, archives, drafts, receipts; and windows onto history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from plugin.core.clock import now
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service, shelf, windows
from plugin.messaging.models import Conversation, ConversationState
from plugin.messaging.sweeps import close_conversations, erase_conversations, forget_drafts
from plugin.realtime import channels
from plugin.realtime.push import Push, Tally
from tests.messaging.cast import Cast


def _full(cast: Cast, actor: Any, conversation: Conversation) -> Any:
    return cast.get(actor, f"/conversations/{conversation.id}")


def test_markers_go_forward_and_back_only_on_request(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    for number in range(5):
        cast.say(cast.hana, group, str(number))
    assert _full(cast, cast.lina, group)["unread_count"] == 5
    for seq, unread in ((3, 2), (1, 2), (99, 0)):
        answer = cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/read", {"seq": seq})
        assert answer.get_json()["unread_count"] == unread, seq
    answer = cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/unread", {"seq": 4})
    assert (answer.get_json()["unread_count"], answer.get_json()["last_read_seq"]) == (2, 3)


def test_ones_own_and_deleted_messages_never_count(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    cast.say(cast.lina, group)
    sent = cast.say(cast.hana, group)
    with unit_of_work():
        shelf.mark_unread(cast.lina, group.id, seq=1)
    assert _full(cast, cast.lina, group)["unread_count"] == 1
    with unit_of_work():
        service.delete(cast.hana, sent.id)
    assert _full(cast, cast.lina, group)["unread_count"] == 0
    assert cast.get(cast.lina, "/conversations/unread")["unread_conversations"] == 0


def test_the_count_ends_at_a_hundred(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    with unit_of_work():
        for number in range(120):
            service.post(group.id, text=str(number), client_id=str(number))
    assert _full(cast, cast.lina, group)["unread_count"] == 100


def test_the_badge_counts_conversations_that_are_neither_muted_put_away_nor_pending(cast: Cast) -> None:
    groups = [cast.group(cast.hana, cast.lina) for _ in range(5)]
    for group in groups:
        cast.say(cast.hana, group)
        cast.say(cast.hana, group)
    with unit_of_work():
        shelf.mute(cast.lina, groups[0].id, for_seconds=3600)
        shelf.archive(cast.lina, groups[1].id)
        conversations.change(groups[2].id, state=ConversationState.PENDING)
        shelf.mark_read(cast.lina, groups[3].id, seq=2)
    assert cast.get(cast.lina, "/conversations/unread") == {"unread_conversations": 1}


@pytest.mark.parametrize(("choice", "hours"), [("1h", 1), ("8h", 8), ("forever", None)])
def test_a_mute_ends_by_itself_or_never(cast: Cast, choice: str, hours: int | None) -> None:
    group = cast.group(cast.hana, cast.lina)
    cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/mute", {"for": choice})
    assert _full(cast, cast.lina, group)["is_muted"] and not _full(cast, cast.hana, group)["is_muted"]
    with time_machine.travel(now() + timedelta(hours=hours or 10**5, seconds=1), tick=True), unit_of_work():
        marker = shelf.mark_read(cast.lina, group.id, seq=0)
        assert shelf.is_muted(marker) == (hours is None)
    answer = cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/mute", {"for": "off"})
    assert answer.get_json()["is_muted"] is False


def test_what_is_put_away_comes_back_with_the_next_message(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    cast.say(cast.hana, group)
    cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/archive", {})
    assert _full(cast, cast.lina, group)["is_archived"]
    cast.say(cast.hana, group)
    assert not _full(cast, cast.lina, group)["is_archived"]


def test_a_draft_is_kept_replaced_used_up_and_forgotten(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    for text in ("One", "Two"):
        answer = cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/draft", {"text": text})
        assert answer.get_json()["draft"]["text"] == text
    assert _full(cast, cast.hana, group)["draft"] is None
    cast.say(cast.lina, group)
    assert _full(cast, cast.lina, group)["draft"] is None
    with unit_of_work():
        shelf.save_draft(cast.lina, group.id, text="Old")
    assert forget_drafts() == 0
    with time_machine.travel(now() + timedelta(days=31)):
        assert forget_drafts() == 1


def test_receipts_are_shown_among_those_who_show_theirs(cast: Cast, told: list[Any]) -> None:
    group = cast.group(cast.hana, cast.lina, cast.omar)
    cast.say(cast.hana, group)
    with unit_of_work():
        for person in (cast.hana, cast.lina):
            shelf.share_receipts(person, group.id, is_shared=True)
        for person in (cast.lina, cast.omar):
            shelf.mark_read(person, group.id, seq=1)
    assert _full(cast, cast.hana, group)["receipts"] == [{"account_id": cast.lina.account_id, "seq": 1}]
    assert _full(cast, cast.omar, group)["receipts"] == []
    tallies = {one.channel for one in told if isinstance(one, Tally)}
    assert tallies == {channels.inbox(cast.hana.account_id)}


def test_typing_is_told_to_the_conversation_and_not_stored(cast: Cast, told: list[Any]) -> None:
    group = cast.group(cast.hana, cast.lina)
    told.clear()
    assert cast.ask(cast.lina, "POST", f"/conversations/{group.id}/typing").status_code == 204
    (typing,) = told
    assert isinstance(typing, Tally) and typing.data["typing"]["name"] == "Lina"


def test_windows_are_cut_by_number(cast: Cast) -> None:
    group = cast.group(cast.hana)
    for number in range(1, 13):
        cast.say(cast.hana, group, str(number))
    path = f"/conversations/{group.id}/messages"

    def seqs(query: str) -> list[int]:
        return [item["seq"] for item in cast.get(cast.hana, path + query)["items"]]

    assert seqs("?limit=3") == [10, 11, 12]
    assert seqs("?before=10&limit=3") == [7, 8, 9]
    assert seqs("?before=1") == []
    assert seqs("?after=9") == [10, 11, 12]
    assert seqs("?after=12") == []
    assert seqs("?around=6&limit=4") == [4, 5, 6, 7]


def test_who_missed_too_much_starts_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "RESUME_MAX", 5)
    group = cast.group(cast.hana)
    for number in range(8):
        cast.say(cast.hana, group, str(number))
    window = cast.get(cast.hana, f"/conversations/{group.id}/messages?after=3&limit=2")
    assert not window["gap"] and len(window["items"]) == 5
    window = cast.get(cast.hana, f"/conversations/{group.id}/messages?after=2&limit=2")
    assert window["gap"] and [item["seq"] for item in window["items"]] == [7, 8]


def test_the_list_is_paged_by_activity(cast: Cast) -> None:
    groups = [cast.group(cast.hana, name=str(number)) for number in range(5)]
    cast.say(cast.hana, groups[2])
    seen: list[str] = []
    path = "/conversations?limit=2"
    while path:
        page = cast.get(cast.hana, path)
        seen += [item["id"] for item in page["items"]]
        path = f"/conversations?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen[0] == groups[2].id and sorted(seen) == sorted(group.id for group in groups)
    assert cast.ask(cast.hana, "GET", "/conversations?cursor=bm9uc2Vuc2U").status_code == 422


def test_a_pair_has_one_conversation_for_ever(cast: Cast) -> None:
    assert cast.direct(cast.hana, cast.lina).id == cast.direct(cast.lina, cast.hana).id


def test_time_closes_and_erases(cast: Cast, told: list[Any]) -> None:
    group = cast.group(
        cast.hana, cast.lina, closes_at=now() + timedelta(hours=1), deletes_at=now() + timedelta(hours=2)
    )
    sent = cast.say(cast.hana, group, "Gone soon")
    cast.say(cast.lina, group, "Yes", quote_id=sent.id)
    with unit_of_work():
        service.react(cast.lina, sent.id, "👍")
        service.edit(cast.hana, sent.id, text="Gone very soon")
        shelf.save_draft(cast.lina, group.id, text="Wait")
    assert (close_conversations(), erase_conversations()) == (0, 0)
    with time_machine.travel(now() + timedelta(hours=1, minutes=1), tick=True):
        assert (close_conversations(), close_conversations()) == (1, 0)
    told.clear()
    with time_machine.travel(now() + timedelta(hours=3), tick=True):
        assert (erase_conversations(), erase_conversations()) == (1, 0)
    assert any(isinstance(one, Push) and one.data.get("removed") for one in told)
    assert cast.ask(cast.lina, "GET", f"/conversations/{group.id}").status_code == 404
    assert cast.get(cast.lina, "/search?q=gone")["items"] == []
