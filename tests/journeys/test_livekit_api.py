"""Join, ask, be brought up, be heard, be thanked: everything real but the browser.

A real LiveKit server with real people in it, and a whole Sidestage (gunicorn, Celery worker and beat, Redis) that hears
of them by webhook. The panels speak the HTTP API; `test_livekit_browser.py` does the same in Chromium.
"""

from __future__ import annotations

from functools import partial

import pytest

from plugin.platforms.livekit.server_api import Deadline, ServerApi
from tests.journeys.livekit_evening import Evening
from tests.servers.livekit import KEY, SECRET
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

#: Panels ask the API, which limits how often one person may.
wait_for = partial(wait_until, seconds=15, every_seconds=0.2)

QUESTION = "How do you keep going when nobody listens?"


def test_a_listener_asks_is_heard_and_goes_back_to_her_seat(evening: Evening) -> None:
    hana = evening.host("hana")
    lina = evening.listener("lina")
    evening.listener("omar", has_panel=False)  # only LiveKit knows him: its webhook alone makes him appear
    wait_for(lambda: hana.panel.participant("Omar").get("is_present"), "Omar in Hana's panel")
    assert hana.panel.bootstrap()["me"]["role"] == "host"
    assert not lina.audio.can_publish

    asked = lina.panel.post("/questions", {"text": QUESTION, "voice": "speak", "client_id": "lina-1"})
    raised = hana.panel.question(asked["id"])
    hana.panel.post(f"/questions/{asked['id']}/bring-up", version=raised["version"])

    (turn,) = lina.panel.turns()
    assert turn["state"] == "invited" and not lina.audio.can_publish  # she has to agree first
    lina.panel.post(f"/stage-turns/{turn['id']}/accept")
    wait_for(lambda: _state(hana, asked) == "on_stage", "the card to say on stage")
    assert hana.panel.turns()[0]["state"] == "on_stage"
    assert not hana.panel.turns()[0]["is_audible"]
    wait_for(lambda: lina.audio.can_publish, "Lina's LiveKit client to be told that it may publish")

    lina.audio.publish_tone()
    wait_for(lambda: hana.panel.turns()[0]["is_audible"], "the card to say audible")
    hana.audio.wait_to_hear("lina")

    on_stage = hana.panel.question(asked["id"])
    hana.panel.post(f"/questions/{asked['id']}/answered", version=on_stage["version"])
    wait_for(lambda: not lina.audio.can_publish, "Lina's right to publish to be taken back")
    wait_for(lambda: hana.panel.turns() == [], "the stage to be empty")
    wait_for(lambda: not hana.panel.participant("Lina")["is_audible"], "Lina to be silent")
    assert _state(hana, asked) == "answered_live"


def test_who_reloads_the_page_on_stage_is_let_speak_again(evening: Evening) -> None:
    hana, lina = evening.host("hana"), evening.listener("lina")
    asked = lina.panel.post("/questions", {"text": QUESTION, "voice": "speak", "client_id": "lina-1"})
    hana.panel.post(f"/questions/{asked['id']}/bring-up", version=hana.panel.question(asked["id"])["version"])
    lina.panel.post(f"/stage-turns/{lina.panel.turns()[0]['id']}/accept")
    wait_for(lambda: lina.audio.can_publish, "Lina may publish")

    again = evening.listener("lina", has_panel=False)  # LiveKit gives her the rights of her token: to listen
    wait_for(lambda: again.audio.can_publish, "Lina may publish after the reload too")
    wait_for(lambda: hana.panel.turns()[0]["state"] == "on_stage", "the card to say on stage again")
    assert _state(hana, asked) == "on_stage"


def test_an_invitation_that_is_declined_opens_no_microphone(evening: Evening) -> None:
    hana, lina = evening.host("hana"), evening.listener("lina")
    asked = lina.panel.post("/questions", {"text": QUESTION, "voice": "either", "client_id": "lina-1"})
    hana.panel.post(f"/questions/{asked['id']}/bring-up", version=hana.panel.question(asked["id"])["version"])
    (turn,) = lina.panel.turns()
    lina.panel.post(f"/stage-turns/{turn['id']}/decline")
    wait_for(lambda: hana.panel.turns() == [], "the stage to be empty")
    assert not lina.audio.can_publish
    assert _state(hana, asked) != "on_stage"


def test_a_livekit_server_that_is_gone_is_told_within_ten_seconds_and_never_as_on_stage(evening: Evening) -> None:
    hana, lina = evening.host("hana"), evening.listener("lina")
    asked = lina.panel.post("/questions", {"text": QUESTION, "voice": "speak", "client_id": "lina-1"})
    hana.panel.post(f"/questions/{asked['id']}/bring-up", version=hana.panel.question(asked["id"])["version"])
    (turn,) = lina.panel.turns()
    evening.livekit.stop()
    lina.panel.post(f"/stage-turns/{turn['id']}/accept")
    wait_for(lambda: hana.panel.turns()[0]["state"] == "failed", "the card to say failed", seconds=10)
    assert "LiveKit" in hana.panel.turns()[0]["failure"]["message"]
    assert _state(hana, asked) != "on_stage"


def test_people_who_leave_disappear_and_come_back(evening: Evening) -> None:
    hana = evening.host("hana")
    omar = evening.listener("omar", has_panel=False)
    wait_for(lambda: hana.panel.participant("Omar").get("is_present"), "Omar in Hana's panel")
    omar.audio.leave()
    wait_for(lambda: not hana.panel.participant("Omar").get("is_present"), "Omar to be gone")
    evening.listener("omar", has_panel=False)
    wait_for(lambda: hana.panel.participant("Omar").get("is_present"), "Omar to be back")


def test_a_site_that_keeps_much_in_its_rooms_is_heard_too(evening: Evening) -> None:
    api = ServerApi(evening.livekit.url, KEY, SECRET)
    api.call("CreateRoom", {"roomCreate": True}, {"name": evening.room, "metadata": '"' * 60_000}, Deadline())
    hana = evening.host("hana")
    evening.listener("omar", has_panel=False)  # his webhook repeats all of it, escaped: 120 kB
    wait_for(lambda: hana.panel.participant("Omar").get("is_present"), "Omar in Hana's panel")


def test_a_webhook_that_nobody_signed_is_refused(evening: Evening) -> None:
    hana = evening.host("hana")
    forged = evening.forge_webhook("participant_joined", "nadia")
    assert forged.status_code == 401
    assert forged.headers["Content-Type"] == "application/problem+json"
    assert hana.panel.participant("Nadia") == {}


def _state(person: object, question: dict[str, str]) -> str:
    return str(person.panel.question(question["id"])["state"])  # type: ignore[attr-defined]
