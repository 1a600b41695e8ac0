"""What is told to whom: few people on their own list, many on one channel, and never what has been deleted."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from plugin.accounts.models import Account
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service
from plugin.messaging.conversations import channel_of
from plugin.messaging.models import Conversation, Membership
from plugin.realtime import channel_log, channels
from plugin.realtime.channel_log import ChannelLog
from tests.messaging.cast import Cast


def crowd(cast: Cast, count: int) -> Conversation:
    """Open a follow-up of Hana, Lina and many others."""
    group = cast.group(cast.hana, cast.lina, kind="follow_up")
    with unit_of_work():
        people = [Account(install_id=cast.hana.install_id, name=f"Guest {number}") for number in range(count)]
        session().add_all(people)
        session().flush()
        session().add_all(Membership(conversation_id=group.id, account_id=person.id) for person in people)
        session().get_one(Conversation, group.id).members_count = count + 2
    return group


def test_a_few_are_told_on_their_lists_with_their_own_counts(cast: Cast, told: list[Any]) -> None:
    group = cast.group(cast.hana, cast.lina)
    told.clear()
    cast.say(cast.hana, group)
    assert [one.channel for one in told] == [
        channel_of(group),
        *(channels.inbox(person.account_id) for person in (cast.hana, cast.lina)),
    ]
    assert [one.data["conversation"]["unread_count"] for one in told[1:]] == [0, 1]


def test_a_crowd_is_told_once(cast: Cast, told: list[Any]) -> None:
    group = crowd(cast, 300)
    told.clear()
    sent = cast.say(cast.hana, group)
    with unit_of_work():
        service.edit(cast.hana, sent.id, text="Better")
        service.react(cast.lina, sent.id, "👍")
        service.delete(cast.hana, sent.id)
    assert {one.channel for one in told} == {channel_of(group)} and len(told) == 4


def test_work_does_not_grow_with_people_or_messages(cast: Cast, statements: list[str]) -> None:
    def cost(people: int, messages: int) -> list[int]:
        group = crowd(cast, people)
        with unit_of_work():
            for number in range(messages):
                service.post(group.id, text=f"Message {number}", client_id=str(number), author_id=cast.hana.account_id)
        first = cast.say(cast.hana, group, "first")
        counts = []
        for act in (
            lambda: cast.say(cast.lina, group, "hello @Hana", quote_id=first.id),
            lambda: cast.get(cast.lina, f"/conversations/{group.id}"),
            lambda: cast.get(cast.lina, f"/conversations/{group.id}/messages?limit=100"),
            lambda: cast.get(cast.lina, "/conversations"),
            lambda: cast.get(cast.lina, "/conversations/unread"),
            lambda: cast.get(cast.lina, "/search?q=message"),
            lambda: cast.ask(cast.lina, "PUT", f"/conversations/{group.id}/read", {"seq": 1}),
        ):
            session().rollback()
            session().expunge_all()
            statements.clear()
            act()
            counts.append(len(statements))
        return counts

    cast.headers(cast.lina)
    few = cost(20, 5)
    assert cost(200, 90) == few
    assert max(few) < 30


def test_the_list_costs_the_same_for_many_conversations(cast: Cast, statements: list[str]) -> None:
    def cost() -> int:
        session().rollback()
        session().expunge_all()
        statements.clear()
        cast.get(cast.lina, "/conversations")
        return len(statements)

    cast.headers(cast.lina)
    for _ in range(2):
        cast.say(cast.hana, cast.group(cast.hana, cast.lina))
    few = cost()
    for _ in range(20):
        cast.say(cast.hana, cast.group(cast.hana, cast.lina))
    assert cost() == few


def test_the_log_forgets_what_was_deleted(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    sent = cast.say(cast.hana, group, "marzipan")
    cast.say(cast.lina, group, "why?", quote_id=sent.id)
    with unit_of_work():
        service.edit(cast.hana, sent.id, text="more marzipan")
    assert _log_says("marzipan")
    with unit_of_work():
        service.delete(cast.hana, sent.id)
    assert not _log_says("marzipan") and _log_says("why?")
    frames = [json.loads(text) for _, text in channel_log.since(channel_of(group), 0, 100)]
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))


def _log_says(word: str) -> bool:
    session().rollback()
    return any(word in text for text in session().scalars(select(ChannelLog.frame)))


def test_an_erased_conversation_leaves_no_words_in_the_log(cast: Cast) -> None:
    group = cast.group(cast.hana, cast.lina)
    cast.say(cast.hana, group, "marzipan")
    with unit_of_work():
        conversations.erase(group.id)
    assert not _log_says("marzipan")


def test_a_new_role_reaches_the_person_in_a_crowd(cast: Cast, told: list[Any]) -> None:
    group = crowd(cast, 30)
    told.clear()
    with unit_of_work():
        conversations.admit(group.id, cast.omar.account_id, sees_history=True)
    assert channels.inbox(cast.omar.account_id) in {one.channel for one in told}
