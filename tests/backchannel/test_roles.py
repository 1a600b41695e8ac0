"""The hosts' conversation is there from the first moment, and who is in it follows the role at once."""

from __future__ import annotations

import pytest

from plugin.core.actor import Role
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging.channel_policy import may_hear_conversation
from plugin.messaging.conversations import channel_of
from plugin.realtime import channel_log, channels
from plugin.rooms import people
from tests.backchannel.hosts import Hosts


def test_it_is_there_with_the_session_and_once(hosts: Hosts) -> None:
    conversation = hosts.conversation
    assert (conversation.kind, conversation.session_id) == ("backchannel", hosts.hana.session_id)
    hosts.house.hana()
    assert hosts.conversation.id == conversation.id
    answer = hosts.ask(hosts.hana, "GET", "/bootstrap").get_json()
    assert answer["backchannel"]["conversation_id"] == conversation.id
    assert [one["id"] for one in answer["messaging"]["conversations"]] == [conversation.id]
    shown = hosts.ask(hosts.hana, "GET", f"/conversations/{conversation.id}").get_json()
    assert shown["can"]["post"] is True
    assert shown["audience"] == {"kind": "hosts", "count": 1, "names": ["Hana"]}


def test_hosts_cohosts_and_producers_are_in_it(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    ivy = hosts.house.enter("Ivy", role=Role.PRODUCER)
    sam, lina = hosts.house.sam(), hosts.house.lina()
    hosts.say(cole, "Q9 next?")
    assert hosts.seen(hosts.hana) == hosts.seen(cole) == hosts.seen(ivy) == ["Q9 next?"]
    members = hosts.ask(hosts.hana, "GET", f"/conversations/{hosts.conversation_id}").get_json()["members"]
    assert {member["name"]: member["role"] for member in members} == {
        "Hana": "host",
        "Cole": "cohost",
        "Ivy": "producer",
    }
    for other in (sam, lina):
        with pytest.raises(NotFoundError):
            hosts.say(other)


def test_whoever_is_promoted_sees_from_now_on(hosts: Hosts) -> None:
    lina = hosts.house.lina()
    hosts.say(hosts.hana, "Before")
    before = channel_of(hosts.conversation)
    lina = hosts.becomes(lina, Role.COHOST)
    hosts.say(hosts.hana, "After")
    assert hosts.seen(lina) == ["After"]
    assert hosts.seen(hosts.hana) == ["Before", "After"]
    shown = hosts.ask(lina, "GET", f"/conversations/{hosts.conversation_id}").get_json()
    assert (shown["unread_count"], shown["first_seq"]) == (1, 2)
    assert channel_of(hosts.conversation) != before  # what was told there cannot be resumed by a newcomer


def test_hosts_may_let_newcomers_see_everything(hosts: Hosts) -> None:
    cole, lina = hosts.house.cole(), hosts.house.lina()
    hosts.say(hosts.hana, "Before")
    assert hosts.ask(lina, "PATCH", "/backchannel/settings", {"shows_history": True}).status_code == 404
    answer = hosts.ask(cole, "PATCH", "/backchannel/settings", {"shows_history": True})
    assert answer.get_json()["shows_history"] is True
    assert hosts.seen(hosts.becomes(lina, Role.COHOST)) == ["Before"]


def test_one_commit_demotes_revokes_and_changes_the_channel(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    hosts.say(hosts.hana, "Canary-aubergine")
    left = channel_of(hosts.conversation)
    assert may_hear_conversation(cole, left)
    hosts.commits.clear()
    cole = hosts.becomes(cole, Role.LISTENER)
    (commit,) = [commit for commit in hosts.commits if commit]
    told = {(frame["channel"], frame.get("name")) for frame in commit}
    assert {
        (left, None),  # the revocation
        (left, "messaging.channel_renewed"),
        (channels.inbox(cole.account_id), "messaging.access_revoked"),
        (channels.inbox(hosts.hana.account_id), "messaging.membership_changed"),
    } <= told
    assert channel_of(hosts.conversation) != left
    for channel in (left, channel_of(hosts.conversation)):
        with pytest.raises(NotFoundError):
            may_hear_conversation(cole, channel)
    with pytest.raises(NotFoundError):
        hosts.say(cole)


def test_whoever_is_demoted_cannot_resume_what_their_inbox_was_told(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    hosts.say(hosts.hana, "Canary-aubergine")
    inbox = channels.inbox(cole.account_id)
    assert any("Canary-aubergine" in frame for _, frame in channel_log.since(inbox, 0, 100))
    hosts.becomes(cole, Role.LISTENER)
    assert not any("Canary-aubergine" in frame for _, frame in channel_log.since(inbox, 0, 100))


def test_whoever_returns_sees_nothing_of_what_they_missed_or_had(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    hosts.say(cole, "Mine")
    cole = hosts.becomes(cole, Role.LISTENER)
    hosts.say(hosts.hana, "Without Cole")
    cole = hosts.becomes(cole, Role.PRODUCER)
    hosts.say(hosts.hana, "With Cole")
    assert hosts.seen(cole) == ["With Cole"]


def test_a_removed_cohost_is_out(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    left = channel_of(hosts.conversation)
    with unit_of_work():
        people.remove(hosts.hana, cole.participant_id)
    with pytest.raises(NotFoundError):
        may_hear_conversation(cole, left)
    assert any(frame.get("name") == "messaging.access_revoked" for frame in hosts.told)
    shown = hosts.ask(hosts.hana, "GET", f"/conversations/{hosts.conversation_id}").get_json()
    assert [member["name"] for member in shown["members"]] == ["Hana"]


def test_naming_a_new_host_keeps_both_in(hosts: Hosts) -> None:
    cole = hosts.house.cole()
    hosts.say(hosts.hana, "Yours now")
    hosts.becomes(cole, Role.HOST)
    assert hosts.seen(hosts.hana) == hosts.seen(cole) == ["Yours now"]
