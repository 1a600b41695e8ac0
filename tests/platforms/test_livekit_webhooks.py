"""Webhooks that LiveKit could send, signed as it signs: what they mean, and which are not believed."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from livekit import api

from plugin.platforms.adapter import BadSignatureError, MalformedEventError
from plugin.platforms.livekit import webhooks
from plugin.rooms.ports import PlatformEvent, PlatformEventKind
from tests.platforms import recordings
from tests.platforms.livekit_tokens import claims, signed
from tests.servers.livekit import KEY, SECRET, join_token

KEYS = {KEY: SECRET}
SECOND = 1_795_340_405


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def webhook(event: str, **parts: Any) -> bytes:
    body = {"event": event, "room": {"sid": "RM_1", "name": "ama-1400"}, "id": "EV_1", "createdAt": str(SECOND)}
    return json.dumps({**body, **parts}).encode()


def lina(**more: Any) -> dict[str, Any]:
    return {"sid": "PA_1", "identity": "lina", "name": "Lina", "joinedAtMs": f"{SECOND}111", **more}


def headers_for(raw: bytes, **changes: Any) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    token = signed(claims("", sub=None, name=None, video=None, sha256=digest) | changes)
    return {"content-type": webhooks.CONTENT_TYPE, "authorization": token}


def meaning(event: str, **parts: Any) -> PlatformEvent:
    (found,) = webhooks.parse(webhook(event, **parts))
    return found


def reason_of(headers: dict[str, str], raw: bytes) -> str:
    with pytest.raises(BadSignatureError) as refusal:
        webhooks.verify(headers, raw, KEYS)
    return refusal.value.reason


def test_what_the_official_package_signs_is_believed() -> None:
    raw = webhook("room_started")
    token = api.AccessToken(KEY, SECRET)
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    headers = {
        "content-type": "application/webhook+json; charset=utf-8",
        "authorization": token.with_sha256(digest).to_jwt(),
    }
    webhooks.verify(headers, raw, KEYS)


def test_what_we_believe_the_official_package_believes_too() -> None:
    receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
    for one in recordings.load("livekit"):
        with time_machine.travel(one.at, tick=False):
            webhooks.verify(one.headers, one.raw, KEYS)
            event = receiver.receive(one.raw.decode(), one.headers["authorization"])
        assert event.event == json.loads(one.raw)["event"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"authorization": ""}, "missing"),
        ({"authorization": "Bearer x"}, "malformed"),
        ({"authorization": join_token("ama-1400", "nadia")}, "no_hash"),
        ({"authorization": signed(claims("", sha256=["x"]))}, "no_hash"),
        ({"authorization": signed(claims("", sha256=""))}, "hash_mismatch"),
        ({"authorization": signed(claims("", sha256="ümlaut"))}, "hash_mismatch"),
        ({"authorization": signed(claims("", iss="APIother"))}, "unknown_key"),
        ({"authorization": signed(claims("", exp=1))}, "expired"),
        ({"authorization": "A" * 9000}, "too_long"),
        ({"content-type": "application/json"}, "content_type"),
        ({"content-type": ""}, "content_type"),
    ],
)
def test_what_is_not_signed_by_livekit_is_refused_by_name(changes: dict[str, str], reason: str) -> None:
    raw = webhook("room_started")
    assert reason_of(headers_for(raw) | changes, raw) == reason


def test_a_body_is_not_read_before_it_is_believed() -> None:
    raw = b"{not json"
    assert reason_of({**headers_for(raw), "authorization": join_token("ama-1400", "nadia")}, raw) == "no_hash"
    webhooks.verify(headers_for(raw), raw, KEYS)
    with pytest.raises(MalformedEventError):
        webhooks.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"[]", b"null", b"{}", b"\xff", b'{"event": "room_started"}', b'{"event": "room_started", "room": 7}'),
        webhook("participant_joined"),
        webhook("participant_joined", participant=lina(joinedAtMs="soon")),
        webhook("participant_joined", participant=lina(joinedAtMs="9" * 30)),
        webhook("track_published", participant={"identity": "lina"}),
        webhook("room_started", createdAt=None),
    ],
)
def test_a_believed_body_that_cannot_be_read_is_told_as_such(raw: bytes) -> None:
    with pytest.raises(MalformedEventError):
        webhooks.parse(raw)


@pytest.mark.parametrize("event", ["egress_started", "participant_connection_aborted", "something_new"])
def test_other_events_mean_nothing_to_us(event: str) -> None:
    assert webhooks.parse(webhook(event)) == []


def test_a_join_has_the_instant_of_the_connection_and_the_right_to_speak() -> None:
    event = meaning("participant_joined", participant=lina(permission={"canPublish": True}))
    assert event.kind is PlatformEventKind.PARTICIPANT_JOINED
    assert event.occurred_at == instant(SECOND + 0.111)
    assert event.participant is not None
    assert event.participant.can_speak and event.participant.role is None


@pytest.mark.parametrize(
    "person",
    [{"attributes": {"sidestage_role": "host"}}, {"metadata": '{"sidestage_role":"host"}'}, {"name": "Hana (host)"}],
)
def test_nothing_a_person_can_write_about_themselves_is_a_role(person: dict[str, Any]) -> None:
    participant = meaning("participant_joined", participant=lina(**person)).participant
    assert participant is not None and participant.role is None


@pytest.mark.parametrize(
    "machine",
    [
        *({"kind": "AGENT"}, {"kind": "EGRESS"}, {"kind": "INGRESS"}, {"permission": {"hidden": True}}),
        *({"permission": {"recorder": True}}, {"permission": {"agent": True}}, {"identity": ""}),
    ],
)
def test_machines_do_not_join(machine: dict[str, Any]) -> None:
    assert webhooks.parse(webhook("participant_joined", participant=lina(**machine))) == []


def test_a_caller_by_phone_is_a_person() -> None:
    assert meaning("participant_joined", participant=lina(kind="SIP")).participant is not None


def test_leaving_within_the_second_of_joining_is_later_than_joining() -> None:
    joined = meaning("participant_joined", participant=lina())
    left = meaning("participant_left", participant=lina(disconnectReason="CLIENT_INITIATED"))
    assert joined.occurred_at < left.occurred_at


def test_coming_back_within_the_second_of_leaving_is_later_than_leaving() -> None:
    left = meaning("participant_left", participant=lina(disconnectReason="CLIENT_INITIATED"))
    back = meaning("participant_joined", participant=lina(sid="PA_2", joinedAtMs=f"{SECOND}900"))
    assert left.occurred_at < back.occurred_at


@pytest.mark.parametrize("reason", ["DUPLICATE_IDENTITY", "MIGRATION"])
def test_an_old_connection_that_ends_is_no_leaving(reason: str) -> None:
    assert webhooks.parse(webhook("participant_left", participant=lina(disconnectReason=reason))) == []


@pytest.mark.parametrize(
    ("track", "is_heard"),
    [
        ({"source": "MICROPHONE"}, True),
        ({}, True),  # a phone or an own client does not name its source
        ({"source": "MICROPHONE", "muted": True}, False),
        ({"source": "SCREEN_SHARE_AUDIO"}, False),
        ({"type": "VIDEO", "source": "CAMERA"}, False),
    ],
)
def test_only_an_open_microphone_is_heard(track: dict[str, Any], is_heard: bool) -> None:
    raw = webhook("track_published", participant={"identity": "lina"}, track={"sid": "TR_1", **track})
    assert [event.kind for event in webhooks.parse(raw)] == ([PlatformEventKind.MIC_ON] if is_heard else [])


def test_closing_is_later_than_opening_within_the_same_second() -> None:
    track = {"sid": "TR_1", "source": "MICROPHONE", "version": {"unixMicro": f"{SECOND}342812"}}
    opened = meaning("track_published", participant={"identity": "lina"}, track=track)
    closed = meaning("track_unpublished", participant={"identity": "lina"}, track={**track, "muted": True})
    assert instant(SECOND) < opened.occurred_at < closed.occurred_at


def test_a_room_ends_later_than_it_starts() -> None:
    room = {"name": "ama-1400", "creationTimeMs": f"{SECOND}032"}
    assert meaning("room_started", room=room).occurred_at < meaning("room_finished", room=room).occurred_at


def test_times_of_older_servers_in_seconds_are_read_too() -> None:
    assert meaning(
        "participant_joined", participant=lina(joinedAtMs=None, joinedAt=str(SECOND))
    ).occurred_at == instant(SECOND)
    assert meaning("participant_joined", participant=lina(joinedAtMs=None)).occurred_at == instant(SECOND)
