"""Messages at their edges: sent once, numbered without gaps, changed in time, deleted for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service
from plugin.messaging.errors import (
    BadEmojiError,
    DeletedMessageError,
    EmptyMessageError,
    NoThreadsError,
    NotModeratorError,
    NotYourMessageError,
    ReadOnlyError,
    StaleMessageError,
    TooLateToEditError,
    TooLongError,
    TooManyPinsError,
    TooManyReactionsError,
)
from plugin.messaging.models import ConversationState, Message, MessageEdit
from tests.messaging.cast import Cast


def test_numbers_have_no_gap_even_when_a_message_is_refused(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    cast.say(cast.hana, group)
    with pytest.raises(EmptyMessageError):
        cast.say(cast.lina, group, " \u200b\n ")
    with pytest.raises(TooLongError):
        cast.say(cast.lina, group, "x" * 4001)
    assert cast.say(cast.lina, group, "x" * 4000).seq == 2


def test_the_same_client_id_sends_once(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    first = cast.say(cast.hana, group, "One", client_id="a")
    assert cast.say(cast.hana, group, "Two", client_id="a").id == first.id
    assert cast.say(cast.lina, group, "Three", client_id="a").seq == 2  # somebody else's id is another one


def test_text_keeps_lines_and_loses_tricks(cast: Cast) -> None:
    sent = cast.say(cast.hana, cast.group(cast.hana), "  one\u202e \r\n\r\n\r\n two\u2066  ")
    assert sent.text == "one\n\ntwo"


def test_an_edit_keeps_history_and_ends_after_fifteen_minutes(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.lina, group, "Frist")
    with unit_of_work():
        edited = service.edit(cast.lina, sent.id, text="First", version=1)
    assert (edited.text, edited.version, edited.edited_at is not None) == ("First", 2, True)
    assert [edit["text"] for edit in cast.get(cast.hana, f"/messages/{sent.id}/edits")["items"]] == ["Frist"]
    with pytest.raises(StaleMessageError), unit_of_work():
        service.edit(cast.lina, sent.id, text="Firsd", version=1)
    with pytest.raises(NotYourMessageError), unit_of_work():
        service.edit(cast.hana, sent.id, text="Mine")
    with time_machine.travel(now() + timedelta(minutes=16)):
        with pytest.raises(TooLateToEditError), unit_of_work():
            service.edit(cast.lina, sent.id, text="Late")


def test_an_edit_that_changes_nothing_is_none(cast: Cast) -> None:
    sent = cast.say(cast.lina, cast.group(cast.hana, cast.lina), "Same")
    with unit_of_work():
        assert service.edit(cast.lina, sent.id, text=" Same ").edited_at is None


def test_a_deleted_message_leaves_only_its_place(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.lina, group, "Secret plan")
    answer = cast.say(cast.hana, group, "Which?", quote_id=sent.id)
    with unit_of_work():
        service.edit(cast.lina, sent.id, text="Secret plans")
        service.react(cast.hana, sent.id, "👍")
        service.pin(cast.hana, sent.id)
    cast.ask(cast.hana, "PUT", f"/conversations/{group.id}/draft", {"text": "re", "quote_id": sent.id})
    with unit_of_work():
        service.delete(cast.lina, sent.id)
        service.delete(cast.lina, sent.id)  # again changes nothing
    window = cast.get(cast.hana, f"/conversations/{group.id}/messages")
    gone, quoting = window["items"]
    assert (gone["is_deleted"], gone["text"], gone["body"], gone["reactions"]) == (True, "", [], [])
    assert gone["pinned_at"] is None and gone["seq"] == 1
    assert quoting["id"] == answer.id and quoting["quote"]["is_deleted"] and quoting["quote"]["head"] == ""
    full = cast.get(cast.hana, f"/conversations/{group.id}")
    assert full["draft"] == {"text": "re", "quote_id": None, "updated_at": full["draft"]["updated_at"]}
    assert cast.get(cast.hana, "/search?q=secret")["items"] == []
    assert session().scalars(select(MessageEdit)).all() == []
    with pytest.raises(DeletedMessageError), unit_of_work():
        service.react(cast.hana, sent.id, "👍")
    with pytest.raises(DeletedMessageError), unit_of_work():
        service.edit(cast.lina, sent.id, text="Back")
    with pytest.raises(DeletedMessageError):
        cast.say(cast.hana, group, quote_id=sent.id)


def test_moderators_delete_what_others_wrote_and_members_do_not(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina, cast.omar)
    sent = cast.say(cast.lina, group)
    with pytest.raises(NotYourMessageError), unit_of_work():
        service.delete(cast.omar, sent.id)
    with unit_of_work():
        assert service.delete(cast.hana, sent.id).deleted_by_id == cast.hana.account_id


def test_a_quote_is_live(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.lina, group, "**Long** " + "word " * 60)
    cast.say(cast.hana, group, "Yes", quote_id=sent.id)
    quote = cast.get(cast.hana, f"/conversations/{group.id}/messages")["items"][1]["quote"]
    assert quote["head"].startswith("Long word") and quote["head"].endswith("…") and len(quote["head"]) <= 160
    with unit_of_work():
        service.edit(cast.lina, sent.id, text="Short")
    assert cast.get(cast.hana, f"/conversations/{group.id}/messages")["items"][1]["quote"]["head"] == "Short"


def test_nothing_from_elsewhere_can_be_quoted(cast: Cast) -> None:
    here, there = cast.group(cast.hana, cast.lina), cast.group(cast.hana, cast.omar)
    sent = cast.say(cast.hana, there)
    with pytest.raises(NotFoundError):
        cast.say(cast.hana, here, quote_id=sent.id)


def test_threads_have_one_level_where_the_kind_has_them(cast: Cast) -> None:
    follow_up = cast.group(cast.hana, cast.lina, kind="follow_up")
    root = cast.say(cast.hana, follow_up, "What about prices?")
    answer = cast.say(cast.lina, follow_up, "Fair", thread_id=root.id)
    cast.say(cast.hana, follow_up, "Good", thread_id=root.id)
    with pytest.raises(NoThreadsError):
        cast.say(cast.hana, follow_up, thread_id=answer.id)
    group = cast.group(cast.hana, cast.lina)
    plain = cast.say(cast.hana, group)
    with pytest.raises(NoThreadsError):
        cast.say(cast.lina, group, thread_id=plain.id)
    window = cast.get(cast.lina, f"/conversations/{follow_up.id}/messages?thread_id={root.id}")
    assert [item["text"] for item in window["items"]] == ["Fair", "Good"]
    with unit_of_work():
        service.delete(cast.lina, answer.id)
    assert cast.get(cast.lina, f"/messages/{root.id}")["thread_count"] == 1


def test_each_person_gives_each_emoji_once(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.hana, group)
    for person in (cast.hana, cast.lina, cast.lina):
        assert cast.ask(person, "PUT", f"/messages/{sent.id}/reactions/👍🏽").status_code == 200
    (thumbs,) = cast.get(cast.lina, f"/messages/{sent.id}")["reactions"]
    assert (thumbs["emoji"], thumbs["count"], thumbs["mine"]) == ("👍🏽", 2, True)
    cast.ask(cast.lina, "DELETE", f"/messages/{sent.id}/reactions/👍🏽")
    (thumbs,) = cast.get(cast.lina, f"/messages/{sent.id}")["reactions"]
    assert (thumbs["count"], thumbs["mine"], thumbs["people"][0]["name"]) == (1, False, "Hana")


def test_a_message_carries_twenty_kinds(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.hana, group)
    faces = [chr(0x1F600 + number) for number in range(21)]
    with unit_of_work():
        for face in faces[:20]:
            service.react(cast.hana, sent.id, face)
    with pytest.raises(TooManyReactionsError), unit_of_work():
        service.react(cast.lina, sent.id, faces[20])
    with unit_of_work():
        service.react(cast.lina, sent.id, faces[0])  # a kind that is there still takes


@pytest.mark.parametrize("emoji", ["👍", "❤️", "🇨🇦", "👩‍💻", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "©️", "👩🏽‍🤝‍👨🏿"])
def test_any_one_emoji_is_a_reaction(cast: Cast, emoji: str) -> None:
    sent = cast.say(cast.hana, cast.group(cast.hana))
    with unit_of_work():
        service.react(cast.hana, sent.id, emoji)


@pytest.mark.parametrize("emoji", ["a", "👍👍", "<b>", "", ":)", "1", "👍 ", "\u202e"])
def test_anything_else_is_not(cast: Cast, emoji: str) -> None:
    sent = cast.say(cast.hana, cast.group(cast.hana))
    with pytest.raises(BadEmojiError), unit_of_work():
        service.react(cast.hana, sent.id, emoji)


def test_moderators_pin_fifty(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = [cast.say(cast.hana, group, f"Point {number}") for number in range(51)]
    with unit_of_work():
        for message in sent[:50]:
            service.pin(cast.hana, message.id)
            service.pin(cast.hana, message.id)
    with pytest.raises(TooManyPinsError), unit_of_work():
        service.pin(cast.hana, sent[50].id)
    with pytest.raises(NotModeratorError), unit_of_work():
        service.unpin(cast.lina, sent[0].id)
    with unit_of_work():
        service.unpin(cast.hana, sent[0].id)
        service.pin(cast.hana, sent[50].id)
    pins = cast.get(cast.lina, f"/conversations/{group.id}/pins")["items"]
    assert len(pins) == 50 and pins[0]["id"] == sent[50].id


def test_both_pin_in_a_direct_conversation(cast: Cast) -> None:
    direct = cast.direct(cast.hana, cast.lina)
    sent = cast.say(cast.hana, direct)
    with unit_of_work():
        assert service.pin(cast.lina, sent.id).pinned_at is not None


@pytest.mark.parametrize("state", [ConversationState.READ_ONLY, ConversationState.CLOSED])
def test_what_is_over_can_be_read_and_cleared_but_not_written(cast: Cast, state: ConversationState) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.lina, group)
    with unit_of_work():
        service.react(cast.lina, sent.id, "👍")
        conversations.change(group.id, state=state)
    with pytest.raises(ReadOnlyError):
        cast.say(cast.lina, group)
    with pytest.raises(ReadOnlyError), unit_of_work():
        service.react(cast.hana, sent.id, "👍")
    with pytest.raises(ReadOnlyError), unit_of_work():
        service.edit(cast.lina, sent.id, text="Other")
    with pytest.raises(ReadOnlyError), unit_of_work():
        service.pin(cast.hana, sent.id)
    full = cast.get(cast.lina, f"/conversations/{group.id}")
    assert full["can"]["post"] is False and full["can"]["post_refusal"]["code"] == "conversation_read_only"
    with unit_of_work():
        service.unreact(cast.lina, sent.id, "👍")
        assert service.delete(cast.lina, sent.id).deleted_at is not None


def test_a_closing_time_counts_even_without_the_worker(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina, closes_at=now() - timedelta(seconds=1))
    with pytest.raises(ReadOnlyError):
        cast.say(cast.hana, group)
    assert cast.get(cast.hana, f"/conversations/{group.id}")["state"] == "read_only"


def test_the_house_can_speak(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    with unit_of_work():
        said = service.post(group.id, text="Recap", client_id="recap", cards=[{"type": "recap", "id": "ses_1"}])
        assert service.post(group.id, text="Recap", client_id="recap").id == said.id
    full = cast.get(cast.lina, f"/conversations/{group.id}")
    assert full["last_message"]["author"] is None and full["unread_count"] == 1
    with pytest.raises(NotYourMessageError), unit_of_work():
        service.delete(cast.lina, said.id)


def test_a_card_may_stand_alone(cast: Cast) -> None:
    group = cast.group(cast.hana)
    sent = cast.say(cast.hana, group, "", cards=[{"type": "question", "id": "qst_1"}])
    assert (sent.text, sent.cards) == ("", [{"type": "question", "id": "qst_1"}])


def test_the_author_of_a_refused_message_keeps_no_row(cast: Cast) -> None:
    group = cast.group(cast.hana)
    with pytest.raises(NotFoundError):
        cast.say(cast.nadia, group)
    assert session().scalars(select(Message)).all() == []
