"""What is told live equals what a reload shows, for the host, the person concerned and a bystander."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from plugin.core.actor import Actor
from plugin.core.unit_of_work import unit_of_work
from plugin.realtime.push import Announcement, Push, Tally
from plugin.rooms import access, bootstrap, guests, hands, people, sessions, settings, stage
from plugin.rooms.ports import ActionError, PlatformEventKind, PlatformParticipant
from tests.rooms.conftest import Clock
from tests.rooms.house import House, identity

State = dict[str, Any]
KINDS = {"participant": "participants", "hand": "hands", "turn": "turns"}


def shown(actor: Actor) -> State:
    """Return what a reload shows, lists by id."""
    part = bootstrap.rooms_part(actor)
    state: State = {"session": dict(part["session"])}
    return state | {name: {one["id"]: one for one in part[name]} for name in KINDS.values()}


def apply(state: State, told: Iterable[Announcement], channels: list[str]) -> State:
    """Do what a panel does with what its channels tell."""
    for one in told:
        if isinstance(one, Push) and one.channel in channels:
            _apply_push(state, one.data)
        elif isinstance(one, Tally) and one.channel in channels and one.name == "rooms.presence":
            state["session"] |= one.data
    return state


def _apply_push(state: State, data: Any) -> None:
    state["session"] = data.get("session", state["session"])
    for kind, listed in KINDS.items():
        if kind in data:
            _upsert(state[listed], data[kind])
    if gone := data.get("removed"):
        state[KINDS[gone["kind"]]].pop(gone["id"], None)


def _upsert(held: dict[str, Any], one: Any) -> None:
    known = held.get(one["id"], {})
    if one.get("version", 0) >= known.get("version", 0):
        held[one["id"]] = {**known, **one}


def in_a_unit_of_work(act: Callable[..., object]) -> Callable[..., None]:
    def run(*args: Any, **more: Any) -> None:
        with unit_of_work():
            act(*args, **more)

    return run


raise_hand = in_a_unit_of_work(hands.raise_hand)
put_last = in_a_unit_of_work(hands.put_last)
dismiss = in_a_unit_of_work(hands.dismiss)
lower_all = in_a_unit_of_work(hands.lower_all)
lower_mine = in_a_unit_of_work(hands.lower_mine)
invite = in_a_unit_of_work(stage.invite)
accept = in_a_unit_of_work(stage.accept)
decline = in_a_unit_of_work(stage.decline)
extend = in_a_unit_of_work(stage.extend)
withdraw = in_a_unit_of_work(stage.withdraw)
retry = in_a_unit_of_work(stage.retry)
end = in_a_unit_of_work(stage.end)
set_role = in_a_unit_of_work(people.set_role)
remove = in_a_unit_of_work(people.remove)
quiet = in_a_unit_of_work(people.listen_quietly)
change = in_a_unit_of_work(settings.change)
move = in_a_unit_of_work(sessions.move)


class Watch:
    """Three people who look on: Hana at the desk, Lina to whom things happen, Omar who merely listens."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.join("Lina", "Omar", "Sam")
        self.hana, self.lina, self.omar = house.hana(), house.lina(), house.omar()

    def __call__(self, act: Callable[..., object], *args: Any, **more: Any) -> None:
        """Do something and compare what each sees live with what each sees after a reload."""
        onlookers = [self.hana, self.lina, self.omar]
        before = [shown(actor) for actor in onlookers]
        self.house.told.clear()
        act(*args, **more)
        self.house.session(self.hana)
        for actor, state in zip(onlookers, before, strict=True):
            live = apply(state, self.house.told, bootstrap.channels(actor))
            assert live == shown(actor), f"{actor.name} after {act}"

    def turn_id(self) -> str:
        return str(bootstrap.turns_view(self.hana)[-1]["id"])

    def hand_id(self) -> str:
        return str(bootstrap.hands_view(self.hana)[0]["id"])


@pytest.fixture
def watch(house: House, clock: Clock) -> Watch:
    return Watch(house)


def test_coming_going_and_sounding(watch: Watch, house: House) -> None:
    watch(house.join, "Cora")
    watch(house.leave, "Cora")
    watch(house.join, "Simon", can_speak=True)
    watch(house.happens, PlatformEventKind.MIC_ON, PlatformParticipant("simon"))
    watch(house.happens, PlatformEventKind.MIC_OFF, PlatformParticipant("simon"))
    watch(house.leave, "Simon")
    watch(house.cole)
    watch(house.happens, PlatformEventKind.ROLE_CHANGED, PlatformParticipant("sam", can_speak=True))
    watch(house.happens, PlatformEventKind.ROLE_CHANGED, PlatformParticipant("sam", can_speak=False))
    watch(quiet, watch.lina, True)
    watch(house.leave, "Lina")
    watch(house.join, "Lina")
    watch(quiet, watch.lina, False)


def test_roles_and_removal(watch: Watch, house: House) -> None:
    sam = house.sam()
    watch(set_role, watch.hana, sam.participant_id, "cohost")
    watch(set_role, watch.hana, sam.participant_id, "producer")
    watch(house.leave, "Sam")
    watch(house.join, "Sam")
    watch(set_role, watch.hana, sam.participant_id, "listener")
    watch(house.leave, "Sam")
    watch(house.join, "Sam")
    watch(remove, watch.hana, sam.participant_id)


def test_hands(watch: Watch, house: House) -> None:
    watch(raise_hand, watch.lina, reason="about trams")
    watch(raise_hand, watch.omar)
    watch(raise_hand, watch.lina, reason="about buses")
    watch(put_last, watch.hana, watch.hand_id())
    watch(dismiss, watch.hana, watch.hand_id())
    watch(lower_mine, watch.omar)
    watch(raise_hand, watch.omar)
    watch(raise_hand, watch.lina)
    watch(lower_all, watch.hana)


def test_the_stage(watch: Watch, house: House) -> None:
    lina = watch.lina.participant_id
    watch(invite, watch.hana, lina)
    watch(extend, watch.lina, watch.turn_id())
    watch(decline, watch.lina, watch.turn_id())
    watch(invite, watch.hana, lina)
    watch(withdraw, watch.hana, watch.turn_id())
    watch(raise_hand, watch.lina)
    watch(invite, watch.hana, lina, hand_id=watch.hand_id())
    house.audio.error = ActionError("No.", is_final=True)
    watch(accept, watch.lina, watch.turn_id())
    watch(house.relay)
    house.audio.error = None
    watch(retry, watch.hana, watch.turn_id())
    watch(house.relay)
    watch(house.happens, PlatformEventKind.MIC_ON, PlatformParticipant("lina"))
    watch(house.happens, PlatformEventKind.MIC_OFF, PlatformParticipant("lina"))
    watch(house.happens, PlatformEventKind.ROLE_CHANGED, PlatformParticipant("lina", name="Lina B", can_speak=True))
    watch(house.leave, "Lina")
    watch(house.join, "Lina", can_speak=True)
    house.audio.error = ActionError("Gone.")
    watch(end, watch.hana, watch.turn_id())
    watch(house.relay)
    house.audio.error = None
    watch(withdraw, watch.hana, watch.turn_id())


def test_time_runs_out(watch: Watch, house: House, clock: Clock) -> None:
    watch(invite, watch.hana, watch.lina.participant_id)
    clock.pass_by(31)
    watch.house.relay()
    house.audio.is_confirming = False
    watch(invite, watch.hana, watch.lina.participant_id)
    watch(accept, watch.lina, watch.turn_id())
    clock.pass_by(8)
    watch(house.relay)


def test_settings_and_a_guest(watch: Watch, house: House) -> None:
    watch(change, watch.hana, hands="off")
    watch(move, watch.hana, "live")
    with unit_of_work():
        link = guests.invite_guests(watch.hana)
    tokens: list[str] = []

    @in_a_unit_of_work
    def come_in() -> None:
        tokens.append(access.open_panel(guests.enter(link, "Gus")).access_token)

    @in_a_unit_of_work
    def become_gustav() -> None:
        access.sign_in("ins_one", identity("Gustav"), guest_access_token=tokens[0])

    watch(change, watch.hana, hands="everyone")
    watch(come_in)
    watch(in_a_unit_of_work(lambda: hands.raise_hand(access.actor_of(tokens[0]))))
    watch(become_gustav)


def test_backstage_hears_everything_that_the_audience_hears(watch: Watch, house: House) -> None:
    session_id = watch.hana.session_id
    house.told.clear()
    raise_hand(watch.lina)
    invite(watch.hana, watch.lina.participant_id)
    accept(watch.lina, watch.turn_id())
    house.relay()
    end(watch.hana, watch.turn_id())
    house.leave("Omar")
    audience = [push.name for push in house.pushes(f"audience:{session_id}")]
    backstage = [push.name for push in house.pushes(f"backstage:{session_id}")]
    for name in set(audience):
        assert audience.count(name) <= backstage.count(name), name


def test_the_audience_hears_nothing_of_turns_that_are_not_on_stage(watch: Watch, house: House) -> None:
    house.told.clear()
    invite(watch.hana, watch.lina.participant_id, question_id="qst_secret")
    accept(watch.lina, watch.turn_id())
    assert house.pushes(f"audience:{watch.hana.session_id}") == []
    assert house.pushes(f"person:{watch.hana.session_id}:{watch.omar.account_id}") == []


def test_in_a_large_room_listeners_are_counted_not_announced(
    watch: Watch, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.rooms.queries.LISTED_MAX", 4)
    house.join("Cora", "Dora")
    house.told.clear()
    house.join("Eva")
    assert house.pushes(f"audience:{watch.hana.session_id}") == []
    counts = [one.data for one in house.told if isinstance(one, Tally) and one.channel.startswith("audience:")]
    assert counts[-1]["present_count"] == 7
