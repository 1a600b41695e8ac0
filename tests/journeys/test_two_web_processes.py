"""A home-grown server, PostgreSQL, Redis and two web processes: what one hears, the people of the other hear too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.journeys.room_host import RoomHost
from tests.servers.panel import LivePanel, Panel
from tests.servers.postgres_server import PostgresServer
from tests.servers.redis_server import RedisServer
from tests.servers.sidestage_stack import SidestageStack
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[SidestageStack]:
    redis = RedisServer().start()
    database_url = postgres_server.create_database("two_web_processes")
    try:
        with SidestageStack(tmp_path_factory.mktemp("two"), database_url, redis.url, web_processes=2) as running:
            yield running
    finally:
        redis.remove()
        postgres_server.drop_database("two_web_processes")


@dataclass
class Evening:
    """Lina sits at the first web process, Hana and Cole at the second; each evening is another install."""

    host: RoomHost
    hana: Panel
    cole: Panel
    lina: Panel


@pytest.fixture
def evening(stack: SidestageStack) -> Iterator[Evening]:
    host = RoomHost(stack).attach()
    first, second = stack.urls
    try:
        yield Evening(
            host,
            hana=host.enter("Hana", "host", url=second),
            cole=host.enter("Cole", "cohost", url=second),
            lina=host.enter("Lina", url=first),
        )
    finally:
        host.stop()


def test_from_a_question_on_one_process_to_the_stage_on_the_other(evening: Evening) -> None:
    host, hana, lina = evening.host, evening.hana, evening.lina
    host.join("Omar")  # only the audio server knows him
    assert {"Hana", "Cole", "Lina", "Omar"} == {person["name"] for person in hana.bootstrap()["participants"]}
    hana_hears, lina_hears = hana.listen(), lina.listen()
    host.is_slow = True

    asked = lina.put("Will the beta run on our own servers?", "speak")
    told = hana_hears.wait_for_object("question", id=asked["id"], state="open")
    assert told["data"]["question"]["text"] == "Will the beta run on our own servers?"
    hana.do("POST", f"/questions/{asked['id']}/bring-up", version=told["data"]["question"]["version"])
    turn = lina_hears.wait_for_object("turn", state="invited")["data"]["turn"]
    assert turn["question_id"] == asked["id"]
    assert host.asked_to("participant.promote") == []  # she has to agree first

    lina.do("POST", f"/stage-turns/{turn['id']}/accept")
    wait_until(lambda: host.asked_to("participant.promote", "Lina"), "the host server to be asked", 15)
    looks = len(host.asked_to("participant.list"))
    wait_until(lambda: len(host.asked_to("participant.list")) > looks, "Sidestage to look whether it is so", 10)
    assert _states(hana_hears, hana) == {"open", "accepted", "invited"}
    assert _states(lina_hears, lina) == {"open", "accepted", "invited"}

    host.let_speak("Lina")
    for listener in (hana_hears, lina_hears):
        listener.wait_for_object("turn", 10, id=turn["id"], state="on_stage")
        listener.wait_for_object("question", 10, id=asked["id"], state="on_stage")
    host.open_microphone("Lina")
    hana_hears.wait_for_object("turn", id=turn["id"], is_audible=True)

    on_stage = hana.question(asked["id"])
    hana.do("POST", f"/questions/{asked['id']}/answered", version=on_stage["version"])
    wait_until(lambda: host.asked_to("participant.demote", "Lina"), "the host server to be asked to demote", 15)
    lina_hears.wait_for_object("question", id=asked["id"], state="answered_live")
    wait_until(lambda: hana.bootstrap()["turns"] == [], "the stage to be empty", 10)
    assert len(host.asked_to("participant.promote")) == len(host.asked_to("participant.demote")) == 1
    assert not host.rooms["ama-1400"]["lina"]["can_speak"]


def _states(hears: LivePanel, panel: Panel) -> set[str]:
    """Every state that a question or turn was shown in so far, live or by asking."""
    hears.read_for(0.3)
    live = [
        frame["data"].get(kind) for frame in hears.frames if frame["type"] == "push" for kind in ("question", "turn")
    ]
    booted = panel.bootstrap()
    return {found["state"] for found in [*live, *booted["qa"]["questions"], *booted["turns"]] if found}


def test_a_former_cohost_hears_nothing_of_backstage_on_the_other_process(
    stack: SidestageStack, evening: Evening
) -> None:
    hana, cole, lina = evening.hana, evening.cole, evening.lina
    cole_hears = cole.listen()
    backstage = next(each["name"] for each in cole_hears.booted["channels"] if each["name"].startswith("backstage:"))
    hana.do("PATCH", "/questions/settings", {"moderation": "on"})
    before = lina.put("Does Cole hear this while he hosts, zwetschge?")
    cole_hears.wait_for_object("question", id=before["id"], state="pending")

    hana.url = stack.urls[0]  # demoted at the first process, while his socket is at the second
    me = cole_hears.booted["me"]["participant_id"]
    hana.do("PUT", f"/participants/{me}/role", {"role": "listener"})
    demoted_at = time.monotonic()
    told = cole_hears.wait_for("error")
    assert (told["code"], told["channel"]) == ("revoked", backstage)
    assert told["at"] - demoted_at < 1.0

    heard_before = len(cole_hears.raw)
    omar = evening.host.enter("Omar")
    hidden = omar.put("Nobody but hosts may read quitte-one.")
    hana.move(hidden["id"], "declined")
    omar.do("POST", "/hands", {"reason": "because of quitte-two"})
    cole_hears.subscribe(backstage, since=0)
    assert cole_hears.frames[-1]["code"] == "forbidden"
    now_hears = cole.listen()
    assert backstage not in {channel["name"] for channel in now_hears.booted["channels"]}
    hana.move(before["id"], "open")
    now_hears.wait_for_object("question", id=before["id"], state="open")
    cole_hears.read_for(0.5)
    received = [*cole_hears.raw[heard_before:], *now_hears.raw, cole.ask("GET", "/bootstrap").text]
    assert [text for text in received if "quitte" in text or f'"{hidden["id"]}"' in text] == []
    assert [text for text in cole_hears.raw[heard_before:] if '"push"' in text and backstage in text] == []
    assert cole.ask("GET", f"/questions/{hidden['id']}").status_code == 404
