"""Words for hosts only, and secrets for nobody, looked for in every byte that leaves the server (T14, T28)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.journeys.room_host import RoomHost
from tests.platforms.home_grown_host import raw_answer
from tests.servers.panel import LivePanel, Panel
from tests.servers.redis_server import RedisServer
from tests.servers.sidestage_stack import SidestageStack
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.redis, pytest.mark.whole, pytest.mark.timeout(240)]

#: Members that only the desk gets; `docs/protocol.md` and the bootstrap call them the backstage view.
DESK_ONLY = (
    "asker_present",
    "is_first",
    "last_change",
    "guest_votes",
    "turns_count",
    "is_first_time",
    "role_is_set_here",
)


@dataclass
class Spy:
    """One person of the audience: every byte that their panel and their socket receive."""

    panel: Panel
    answers: list[str] = field(default_factory=list)
    hears: LivePanel | None = None

    def __post_init__(self) -> None:
        self.panel.http.hooks["response"].append(self._note)
        self.hears = self.panel.listen()

    def _note(self, answer: requests.Response, **_: Any) -> None:
        self.answers.append(f"{answer.request.method} {answer.url}\n{dict(answer.headers)}\n{answer.text}")

    @property
    def socket(self) -> LivePanel:
        """The open socket."""
        assert self.hears is not None
        return self.hears

    def received(self) -> list[str]:
        """Everything, without what they themselves wrote into an address."""
        self.socket.read_for(0.3)
        return [answer.partition("\n")[2] for answer in self.answers] + self.socket.raw


@dataclass
class Secrets:
    """What the audience must not see: words, ids of things that are not for them, and where to look for them."""

    words: list[str] = field(default_factory=list)
    question_ids: list[str] = field(default_factory=list)
    turn_ids: list[str] = field(default_factory=list)
    hand_ids: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)

    def word(self) -> str:
        """A word that stands nowhere else."""
        self.words.append(f"quitte{uuid4().hex[:10]}")
        return self.words[-1]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHost]:
    """A whole Sidestage that logs as much as an operator can make it log."""
    directory = tmp_path_factory.mktemp("canaries")
    redis = RedisServer().start()
    chatty = {"SIDESTAGE_LOG_LEVEL": "DEBUG", "GUNICORN_CMD_ARGS": "--access-logfile - --log-level debug"}
    try:
        with SidestageStack(directory, f"sqlite:///{directory}/sidestage.db", redis.url, environment=chatty) as stack:
            host = RoomHost(stack).attach()
            yield host
            host.stop()
    finally:
        redis.remove()


def test_the_audience_receives_nothing_that_is_for_hosts(host: RoomHost) -> None:
    host.open_room("canaries")
    hana = Spy(host.enter("Hana", "host"))
    guest_token = hana.panel.do("POST", "/guest-links")["guest_token"]
    spies = {
        "listener": Spy(host.enter("Lina")),
        "speaker": Spy(host.enter("Sam", "speaker")),
        "guest": Spy(guest_panel(host, guest_token)),
        "stranger": Spy(host.panel("Nadia", room="elsewhere")),
    }
    secrets = Secrets()
    askers = {name: host.panel(name) for name in ("Wanda", "Walter", "Willa", "Wim")}
    hana.panel.do("PATCH", "/questions/settings", {"moderation": "on"})
    before = audience_seq(spies["listener"])
    questions_that_nobody_sees(hana.panel, askers, secrets)
    assert audience_seq(spies["listener"]) == before  # not even a number moves
    hands_and_turns(host, hana.panel, secrets)
    for spy in spies.values():
        pry(spy, secrets)
    told_last = hana.panel.put("This one is for everybody.")
    for name in ("listener", "speaker", "guest"):
        spies[name].socket.wait_for_object("question", id=told_last["id"])

    to_hosts = "\n".join([*hana.received(), hana.panel.ask("GET", "/bootstrap").text])
    assert [word for word in secrets.words if word not in to_hosts] == []  # else this test would prove nothing
    ids = [*secrets.question_ids, *secrets.turn_ids]
    for name, spy in spies.items():
        for text in spy.received():
            assert [word for word in [*secrets.words, *ids] if word in text] == [], (name, text[:2000])
            assert [member for member in DESK_ONLY if f'"{member}"' in text] == [], (name, text[:2000])


def guest_panel(host: RoomHost, guest_token: str) -> Panel:
    """Gus comes by a guest link."""
    panel = Panel.__new__(Panel)
    panel.url = panel.origin = host.stack.url
    panel.http = requests.Session()
    answer = panel.do("POST", "/guest-sessions", {"guest_token": guest_token, "name": "Gus"})
    panel.access_token, panel.refresh_token = answer["access_token"], answer["refresh_token"]
    panel.http.headers["Authorization"] = f"Bearer {panel.access_token}"
    return panel


def audience_seq(spy: Spy) -> int:
    """How far the audience's channel is."""
    channels = spy.panel.bootstrap()["channels"]
    return int(next(each["seq"] for each in channels if each["name"].startswith("audience:")))


def questions_that_nobody_sees(hana: Panel, askers: dict[str, Panel], secrets: Secrets) -> None:
    """Ask under moderation; one question waits on, one is declined, one is hidden, one is taken back."""
    decided = {"Walter": "declined", "Willa": "hidden"}
    for name, asker in askers.items():
        asked = asker.put(f"What about {secrets.word()}?")
        secrets.question_ids.append(asked["id"])
        secrets.numbers.append(asked["number"])
        hana.do("POST", "/questions/seen", {"ids": [asked["id"]]})
        if name in decided:
            hana.move(asked["id"], decided[name])
        if name == "Wim":
            asker.do("POST", f"/questions/{asked['id']}/withdraw")
    secrets.channels += [
        each["name"] for each in askers["Wanda"].bootstrap()["channels"] if "audience" not in each["name"]
    ]
    secrets.channels += [each["name"] for each in hana.bootstrap()["channels"]]


def hands_and_turns(host: RoomHost, hana: Panel, secrets: Secrets) -> None:
    """A reason for a hand, an invitation that is declined, a stage that stays closed, a mute that fails."""
    omar, otis = host.enter("Omar"), host.enter("Otis")
    hand = omar.do("POST", "/hands", {"reason": f"about {secrets.word()}"})
    secrets.hand_ids.append(hand["id"])
    hana.do("POST", f"/hands/{hand['id']}/later")
    for panel in (omar, otis):
        me = panel.bootstrap()["me"]["participant_id"]
        secrets.turn_ids.append(hana.do("POST", "/stage-turns", {"participant_id": me})["id"])
    omar.do("POST", f"/stage-turns/{secrets.turn_ids[0]}/decline")
    host.answers_with = raw_answer({"status": "refused", "message": f"Not while {secrets.word()} speaks."})
    otis.do("POST", f"/stage-turns/{secrets.turn_ids[1]}/accept")
    wait_until(lambda: secrets.words[-1] in hana.ask("GET", "/bootstrap").text, "the stage to stay closed", 15)
    host.answers_with = raw_answer({"status": "refused", "message": f"No microphone of {secrets.word()}."})
    asked_before = len(host.asked_to("participant.mute"))
    hana.do("POST", f"/participants/{omar.bootstrap()['me']['participant_id']}/mute")
    wait_until(lambda: len(host.asked_to("participant.mute")) > asked_before, "the host to be asked to mute", 15)
    host.answers_with = None


def pry(spy: Spy, secrets: Secrets) -> None:
    """Try everything that a curious person with the panel's token can."""
    states = ["pending", "declined", "hidden", "withdrawn", "open"]
    lists = [f"/questions?limit=100&sort={sort}" for sort in ("top", "new", "old", "random", "host")]
    lists += [f"/questions?limit=100&state={state}" for state in states]
    for path in ["/bootstrap", "/session", "/participants?limit=100", *lists]:
        assert spy.panel.ask("GET", path).status_code == 200, path
    for number in secrets.numbers:
        assert spy.panel.ask("GET", f"/questions/by-number/{number}").status_code == 404
    for question_id in secrets.question_ids:
        assert spy.panel.ask("GET", f"/questions/{question_id}").status_code == 404
        for verb in ("withdraw", "undo", "bring-up", "answered"):
            assert spy.panel.ask("POST", f"/questions/{question_id}/{verb}").status_code == 404
        assert spy.panel.ask("PUT", f"/questions/{question_id}/vote").status_code == 404
        assert spy.panel.ask("POST", f"/questions/{question_id}/moves", {"to": "open"}).status_code == 404
        assert spy.panel.ask("POST", "/hands", {"question_id": question_id}).status_code == 404
    pry_at_the_stage(spy, secrets)
    for channel in secrets.channels:
        spy.socket.subscribe(channel, since=0)
        assert spy.socket.frames[-1].get("code") == "forbidden", (channel, spy.socket.frames[-1])


def pry_at_the_stage(spy: Spy, secrets: Secrets) -> None:
    """Try to answer other people's invitations and to touch their hands."""
    for turn_id in secrets.turn_ids:
        for verb in ("accept", "decline", "extend", "end", "retry", "withdraw"):
            assert spy.panel.ask("POST", f"/stage-turns/{turn_id}/{verb}").status_code in {403, 404}
    for hand_id in secrets.hand_ids:
        assert spy.panel.ask("POST", f"/hands/{hand_id}/later").status_code in {403, 404}


def test_no_word_no_name_and_no_secret_is_in_any_log(host: RoomHost) -> None:
    said = Secrets()
    host.open_room("logs")
    hana_name, lina_name = said.word(), said.word()
    hana, lina = host.enter(hana_name, "host"), host.enter(lina_name)
    keys = [host.installed[name] for name in ("event_secret", "action_secret", "panel_secret")]
    guest_token = hana.do("POST", "/guest-links")["guest_token"]
    guest = guest_panel(host, guest_token)
    for panel in (hana, lina, guest):
        panel.listen().close()
        keys += [panel.access_token, panel.refresh_token, panel.ticket()]
    refreshed = lina.do("POST", "/panel-sessions/refresh", {"refresh_token": lina.refresh_token})
    keys += [guest_token, refreshed["access_token"], refreshed["refresh_token"]]
    an_evening(host, hana, lina, lina_name, said)
    everything_that_goes_wrong(host, lina, said)

    wait_until(lambda: "relay_failed" in host.stack.logs(), "the worker to complain", 15)
    logs = host.stack.logs()
    assert "POST /api/v1/questions" in logs  # the access log is on, else this test would prove nothing
    assert "webhook_refused" in logs
    assert [word for word in said.words if word in logs] == []
    assert [key for key in keys if key in logs or key.rpartition(".")[2] in logs] == []


def an_evening(host: RoomHost, hana: Panel, lina: Panel, lina_name: str, said: Secrets) -> None:
    """A question with its way onto the stage, a hand, an audio server that does not take speech back."""
    asked = lina.put(f"Why {said.word()}?", "speak")
    lina.do("POST", "/hands", {"reason": said.word(), "question_id": asked["id"]})
    seen = hana.question(asked["id"])["version"]
    turn = hana.do("POST", f"/questions/{asked['id']}/bring-up", version=seen)["turn"]
    lina.do("POST", f"/stage-turns/{turn['id']}/accept")
    wait_until(lambda: hana.question(asked["id"])["state"] == "on_stage", "the stage", 15)
    assert host.rooms["logs"][lina_name]["can_speak"]
    host.answers_with = raw_answer({"status": "busy", "message": f"{said.word()} first."})
    hana.do("POST", f"/questions/{asked['id']}/answered", version=hana.question(asked["id"])["version"])
    wait_until(lambda: host.asked_to("participant.demote", lina_name), "the host to be asked to demote", 15)
    host.answers_with = None


def everything_that_goes_wrong(host: RoomHost, lina: Panel, said: Secrets) -> None:
    """Requests that do not fit, with a word in each place where one can stand."""
    url, install_id = host.stack.url, host.installed["install_id"]
    wrong: list[Any] = [
        {"text": said.word(), "client_id": "1", said.word(): said.word()},
        {"text": said.word() * 300, "client_id": "2"},
        {"text": said.word(), "client_id": "3", "voice": said.word()},
        {"text": [said.word()], "client_id": "4"},
        {"text": said.word(), "client_id": said.word() + "\ud800"},
    ]
    for body in wrong:
        assert 400 <= lina.ask("POST", "/questions", body).status_code < 500, body
    broken = lina.http.post(f"{url}/api/v1/questions", data=f'{{"text": "{said.word()}', timeout=15)
    assert broken.status_code in {400, 415, 422}
    forged = {"install_id": install_id, "room": said.word(), "token": f"{said.word()}.{said.word()}.{said.word()}"}
    assert requests.post(f"{url}/api/v1/panel-sessions", json=forged, timeout=15).status_code == 401
    event = json.dumps({"type": "participant.joined", "room": said.word(), "participant": {"name": said.word()}})
    hook = f"{url}/hooks/{install_id}/generic"
    assert requests.post(hook, data=event, timeout=15).status_code == 401
    assert requests.post(hook, data=event, headers=host.signed(event), timeout=15).status_code == 422
    bearer = {"Authorization": f"Bearer {said.word()}"}
    assert requests.get(f"{url}/api/v1/bootstrap", headers=bearer, timeout=15).status_code == 401
