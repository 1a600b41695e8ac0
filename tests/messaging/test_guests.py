"""A guest who signs in keeps conversations, words and reactions, and the guest account keeps nothing."""

from __future__ import annotations

from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, service
from plugin.messaging.subscriptions import take_over
from plugin.rooms.domain_events import GuestMerged
from tests.messaging.cast import Cast


def test_a_guest_who_signs_in_keeps_everything(cast: Cast) -> None:
    group, both = cast.group(cast.hana, cast.lina), cast.group(cast.hana, cast.lina, cast.omar)
    before = cast.say(cast.hana, both, "Before")
    late = cast.group(cast.hana)
    cast.say(cast.hana, late, "Hidden")
    with unit_of_work():
        conversations.admit(late.id, cast.lina.account_id)
    said = cast.say(cast.lina, group, "As a guest")
    with unit_of_work():
        for person in (cast.lina, cast.omar):
            service.react(person, before.id, "👍")
        service.react(cast.lina, before.id, "🎉")
    event = GuestMerged(
        session_id=cast.lina.session_id, from_account_id=cast.lina.account_id, to_account_id=cast.omar.account_id
    )
    for _ in range(2):
        take_over(event)
    listed = {item["id"]: item for item in cast.get(cast.omar, "/conversations")["items"]}
    assert set(listed) == {group.id, both.id, late.id}
    assert listed[group.id]["unread_count"] == 0 and listed[late.id]["last_message"] is None
    assert [find["message"]["id"] for find in cast.get(cast.omar, "/search?q=from:me")["items"]] == [said.id]
    reactions = cast.get(cast.omar, f"/messages/{before.id}")["reactions"]
    assert [(one["count"], one["mine"]) for one in reactions] == [(1, True), (1, True)]
    assert cast.get(cast.lina, "/conversations")["items"] == []
