"""The doors for audio servers: signed events come in once, everything else is refused and noted."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.ids import new_id
from plugin.core.unit_of_work import unit_of_work
from plugin.manifest import schema
from plugin.platforms import installs, setup_codes
from plugin.platforms.adapter import SecretKind
from plugin.platforms.models import AuditLine, Install, InstallStatus
from plugin.rooms.models import Participant, PlatformEventSeen
from tests.platforms.home_grown_host import HomeGrownHost

ALL_EVENTS = ["room.started", "room.ended", "participant.joined", "participant.left"]
LINA = {"id": "lina", "name": "Lina", "role": "listener"}


@pytest.fixture
def host(app: Flask) -> Iterator[HomeGrownHost]:
    host = HomeGrownHost("whsec_" + "A" * 44).start()
    yield host
    host.stop()


def offer(host: HomeGrownHost, **changes: Any) -> dict[str, Any]:
    with unit_of_work():
        code = setup_codes.create(allows_private_addresses=True)
    body = {
        "setup_code": code,
        "host_id": "https://rooms.example",
        "platform": {"kind": "custom", "version": "1"},
        "origin": "http://127.0.0.1:18802",
        "action_url": host.url,
        "offers": {
            "identity": ["host_jwt"],
            "events": ALL_EVENTS,
            "actions": ["participant.promote", "room.notice"],
            "surfaces": ["iframe"],
        },
    }
    return body | changes


@pytest.fixture
def installed(client: FlaskClient, host: HomeGrownHost) -> dict[str, Any]:
    """What the host got back when it installed us; it uses the secrets from then on."""
    answer = client.post("/api/v1/installs", json=offer(host))
    assert answer.status_code == 201, answer.text
    host.actions_secret = answer.get_json()["action_secret"]
    return dict(answer.get_json())


def signed(secret: str, body: bytes, message_id: str | None = None, seconds_off: float = 0) -> dict[str, str]:
    at, message_id = now() + timedelta(seconds=seconds_off), message_id or new_id("msg")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def send(client: FlaskClient, installed: dict[str, Any], event: dict[str, Any], **options: Any) -> TestResponse:
    body = json.dumps(event).encode()
    headers = signed(installed["event_secret"], body, **options)
    return client.post(installed["event_url"], data=body, headers=headers, content_type="application/webhook+json")


def joined(seconds: int = 0, **person: Any) -> dict[str, Any]:
    return {
        "type": "participant.joined",
        "room": "ama-1400",
        "occurred_at": int(now().timestamp()) - 60 + seconds,
        "participant": LINA | person,
    }


def count(model: type[Any]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


def lina() -> Participant:
    session().rollback()
    return session().scalars(select(Participant).execution_options(populate_existing=True)).one()


def test_the_whole_handshake(client: FlaskClient, installed: dict[str, Any], host: HomeGrownHost) -> None:
    assert installed["status"] == "pending" and installed["missing_events"] == []
    assert installed["granted_actions"] == ["participant.promote", "room.notice"]
    assert installed["event_url"].endswith(f"/hooks/{installed['install_id']}/generic")

    before = verify(client, installed)
    assert (before.status_code, before.get_json()["code"]) == (409, "install_pending")
    assert before.get_json()["checks"] == {"events": False, "actions": True}

    assert send(client, installed, joined()).get_json() == {"received": 1, "duplicate": False}
    after = verify(client, installed)
    assert (after.status_code, after.get_json()["status"]) == (200, "active")
    assert after.get_json()["checks"] == {"events": True, "actions": True}
    assert lina().name == "Lina" and lina().is_present


def verify(client: FlaskClient, installed: dict[str, Any], purpose: str = "install.verify") -> TestResponse:
    body = json.dumps({"type": purpose}, separators=(",", ":")).encode()
    address = f"/api/v1/installs/{installed['install_id']}/verify"
    return client.post(address, data=body, headers=signed(installed["event_secret"], body))


def test_a_repeat_is_answered_as_such_and_changes_nothing(client: FlaskClient, installed: dict[str, Any]) -> None:
    for expected in (False, True, True):
        answer = send(client, installed, joined(), message_id="msg_same")
        assert (answer.status_code, answer.get_json()["duplicate"]) == (200, expected)
    assert count(PlatformEventSeen) == 1


def test_three_times_each_in_any_order_ends_the_same(client: FlaskClient, installed: dict[str, Any]) -> None:
    story = [joined(0), {**joined(10), "type": "participant.left"}, joined(20, role="speaker", can_speak=True)]
    chance = random.Random(7)
    for number in range(20):
        room = f"room-{number}"
        deliveries = [({**event, "room": room}, f"msg_{number}_{index}") for index, event in enumerate(story)] * 3
        chance.shuffle(deliveries)
        for event, message_id in deliveries:
            assert send(client, installed, event, message_id=message_id).status_code == 200
    session().rollback()
    people = session().scalars(select(Participant)).all()
    assert len(people) == 20
    assert {(person.is_present, person.can_speak, person.role) for person in people} == {(True, True, "speaker")}


@pytest.mark.parametrize("fault", ["body", "signature", "id", "timestamp", "missing", "stale", "other install"])
def test_a_forged_event_is_refused_noted_and_changes_nothing(
    client: FlaskClient, installed: dict[str, Any], host: HomeGrownHost, fault: str
) -> None:
    body = json.dumps(joined()).encode()
    headers = signed(installed["event_secret"], body, "msg_1", -301 if fault == "stale" else 0)
    if fault == "other install":
        headers = signed(client.post("/api/v1/installs", json=offer(host)).get_json()["event_secret"], body, "msg_1")
    changes = {
        "signature": {"webhook-signature": "v1," + "A" * 43 + "="},
        "id": {"webhook-id": "msg_2"},
        "timestamp": {"webhook-timestamp": str(int(now().timestamp()) - 1)},
        "missing": {"webhook-signature": ""},
    }
    sent = body.replace(b"Lina", b"Hana") if fault == "body" else body
    answer = client.post(installed["event_url"], data=sent, headers=headers | changes.get(fault, {}))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_signature")
    assert count(PlatformEventSeen) == count(Participant) == 0
    session().rollback()
    line = session().scalars(select(AuditLine)).one()
    assert line.install_id == installed["install_id"]
    assert "Lina" not in line.reason and "Hana" not in line.reason
    assert session().get_one(Install, installed["install_id"]).last_event_at is None


def test_the_body_is_verified_before_it_is_parsed(client: FlaskClient, installed: dict[str, Any]) -> None:
    """A body that cannot be parsed tells a forger the same as one that can."""
    answers = [client.post(installed["event_url"], data=body) for body in (b"{", b"{}", b"\xff", b"[" * 60_000)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}


def test_a_signed_body_that_makes_no_sense_is_told_what_to_mend(client: FlaskClient, installed: dict[str, Any]) -> None:
    answer = send(client, installed, {"type": "participant.joined", "room": "ama-1400"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed_event")
    assert "participant" in answer.get_json()["detail"]


def test_an_unknown_type_is_taken_and_passed_over(client: FlaskClient, installed: dict[str, Any]) -> None:
    answer = send(client, installed, {"type": "chat.message", "room": "ama-1400", "text": "hello"})
    assert (answer.status_code, answer.get_json()) == (200, {"received": 0, "duplicate": False})


@pytest.mark.parametrize("address", ["/hooks/ins_nobody/generic", "/hooks/{id}/livekit", "/hooks/{id}/fake"])
def test_another_address_is_not_there(client: FlaskClient, installed: dict[str, Any], address: str) -> None:
    body = b"{}"
    answer = client.post(
        address.format(id=installed["install_id"]), data=body, headers=signed(installed["event_secret"], body)
    )
    assert answer.status_code == 404


def test_events_of_both_secrets_count_during_a_rotation(client: FlaskClient, installed: dict[str, Any]) -> None:
    with unit_of_work():
        fresh = installs.rotate(installed["install_id"], SecretKind.EVENTS)
    assert send(client, installed, joined()).status_code == 200
    assert send(client, installed | {"event_secret": fresh}, joined(1)).status_code == 200


def test_a_captured_event_cannot_verify_or_remove_an_install(client: FlaskClient, installed: dict[str, Any]) -> None:
    body = json.dumps(joined()).encode()
    headers = signed(installed["event_secret"], body)
    address = f"/api/v1/installs/{installed['install_id']}"
    for answer in (
        client.post(f"{address}/verify", data=body, headers=headers),
        client.delete(address, data=body, headers=headers),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "wrong_purpose")
    assert verify(client, installed, "install.delete").get_json()["code"] == "wrong_purpose"


def test_only_the_host_may_verify_or_remove(client: FlaskClient, installed: dict[str, Any]) -> None:
    address = f"/api/v1/installs/{installed['install_id']}"
    body = b'{"type":"install.delete"}'
    stranger = signed("whsec_" + "B" * 44, body)
    assert client.delete(address, data=body, headers=stranger).status_code == 401
    assert client.post(f"{address}/verify").status_code == 401
    assert client.delete(address, data=body, headers=signed(installed["event_secret"], body)).status_code == 204
    assert send(client, installed, joined()).status_code == 404
    session().rollback()
    assert session().get_one(Install, installed["install_id"]).status == InstallStatus.DISABLED


def test_a_setup_code_works_once_over_http(client: FlaskClient, host: HomeGrownHost) -> None:
    body = offer(host)
    assert client.post("/api/v1/installs", json=body).status_code == 201
    again = client.post("/api/v1/installs", json=body)
    assert (again.status_code, again.get_json()["code"]) == (403, "bad_setup_code")


def test_an_offer_with_something_unknown_is_refused(client: FlaskClient, host: HomeGrownHost) -> None:
    assert client.post("/api/v1/installs", json=offer(host, is_admin=True)).status_code == 422


def test_secrets_are_handed_out_once_and_not_kept_by_caches(client: FlaskClient, host: HomeGrownHost) -> None:
    answer = client.post("/api/v1/installs", json=offer(host))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["event_secret"] != answer.get_json()["action_secret"] != answer.get_json()["panel_secret"]


def test_the_manifest_is_served_with_our_address_and_fits_its_schema(client: FlaskClient) -> None:
    document = client.get("/.well-known/room-plugin.json").get_json()
    assert document["base_url"] == "http://127.0.0.1:5000"
    assert document["$schema"] == "http://127.0.0.1:5000/schemas/plugin-1.json"
    assert client.get("/schemas/plugin-1.json").get_json() == schema()
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []


def test_every_address_in_the_manifest_exists(app: Flask, client: FlaskClient) -> None:
    document = client.get("/.well-known/room-plugin.json").get_json()
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    panel = [surface["url"] for surface in document["surfaces"]]
    addresses = [*document["lifecycle"].values(), document["events"]["event_url"], *panel]
    assert [address for address in addresses if address not in rules] == []
