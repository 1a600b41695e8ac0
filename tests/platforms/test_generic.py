"""The generic adapter against a home-grown Flask server: the contract, and what is its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.platforms.adapter import Connection, MalformedEventError, SecretKind
from plugin.platforms.generic import events, tokens
from plugin.platforms.generic.adapter import DECLARED, GenericAdapter
from plugin.platforms.secrets import new_secret
from plugin.rooms.ports import ActionError, Capability, PlatformEvent, PlatformEventKind
from tests.platforms.contract import LINA, NOBODY, PlatformContract
from tests.platforms.home_grown_host import HomeGrownHost, raw_answer
from tests.servers.ports import free_port

HOST_ID = "https://rooms.example"
#: Signed the recorded payloads; made for them and used nowhere else.
RECORDED_SECRET = "whsec_cGF5bG9hZHMtcmVjb3JkZWQtZm9yLXRlc3RzLW9ubHk="
_numbers = itertools.count(1)


@pytest.fixture
def host() -> Iterator[HomeGrownHost]:
    host = HomeGrownHost(new_secret(SecretKind.ACTIONS)).start()
    yield host
    host.stop()


@pytest.fixture
def connection(host: HomeGrownHost) -> Connection:
    return connection_to(host)


@pytest.fixture
def adapter(connection: Connection) -> GenericAdapter:
    return GenericAdapter(connection)


@pytest.fixture
def room(host: HomeGrownHost) -> str:
    name = f"ama-{next(_numbers)}"
    lina = {"id": LINA, "name": "Lina", "role": "listener", "can_speak": False, "is_muted": True}
    host.rooms[name] = {LINA: lina}
    return name


def connection_to(host: HomeGrownHost) -> Connection:
    return Connection(
        install_id="ins_generic",
        kind="generic",
        host_id=HOST_ID,
        origin=HOST_ID,
        action_url=host.url,
        allows_private_addresses=True,
        granted=DECLARED,
        secrets={
            SecretKind.EVENTS: (new_secret(SecretKind.EVENTS),),
            SecretKind.ACTIONS: (host.actions_secret,),
            SecretKind.PANEL: (new_secret(SecretKind.PANEL),),
        },
        config={},
    )


def panel_token(connection: Connection, room: str, **changes: Any) -> str:
    claims = {
        **{"iss": HOST_ID, "aud": "ins_generic", "sub": LINA, "name": "Lina", "room": room, "role": "listener"},
        **{"iat": now(), "exp": now() + timedelta(seconds=60), "jti": f"once-{next(_numbers)}"},
    }
    return jwt.encode(claims | changes, connection.secrets[SecretKind.PANEL][0], algorithm="HS256")


class TestGenericContract(PlatformContract):
    kind = "generic"
    signing_headers = ("webhook-id", "webhook-timestamp", "webhook-signature")

    def make(self, connection: Connection) -> GenericAdapter:
        return GenericAdapter(connection)

    @pytest.fixture
    def connection(self, host: HomeGrownHost) -> Connection:
        return connection_to(host)

    @pytest.fixture
    def room(self, host: HomeGrownHost) -> str:
        name = f"contract-{next(_numbers)}"
        host.rooms[name] = {LINA: {"id": LINA, "name": "Lina", "role": "listener", "can_speak": False}}
        return name

    @pytest.fixture
    def token(self, connection: Connection, room: str) -> str:
        return panel_token(connection, room)

    @pytest.fixture
    def refused_tokens(self, connection: Connection, room: str) -> Mapping[str, str]:
        stranger = replace(connection, secrets={SecretKind.PANEL: (new_secret(SecretKind.PANEL),)})
        return {
            "another secret": panel_token(stranger, room),
            "another install": panel_token(connection, room, aud="ins_other"),
            "another host": panel_token(connection, room, iss="https://evil.example"),
            "an hour long": panel_token(connection, room, exp=now() + timedelta(hours=1)),
            "expired": panel_token(
                connection, room, iat=now() - timedelta(minutes=3), exp=now() - timedelta(minutes=2)
            ),
            "no such role": panel_token(connection, room, role="owner"),
            "empty": "",
        }

    @pytest.fixture
    def cut_off(self, connection: Connection) -> Connection:
        return replace(connection, action_url=f"http://127.0.0.1:{free_port()}/plugin-actions")

    @pytest.fixture
    def recorded_by(self, connection: Connection) -> Connection:
        return replace(connection, secrets={**connection.secrets, SecretKind.EVENTS: (RECORDED_SECRET,)})


def test_what_we_ask_is_signed_and_says_what_for(adapter: GenericAdapter, host: HomeGrownHost, room: str) -> None:
    result = adapter.promote(room, LINA)
    assert result.is_confirmed and result.participant is not None and result.participant.can_speak
    (asked,) = host.requests
    assert asked["type"] == "participant.promote"
    assert (asked["room"], asked["participant"], asked["install_id"]) == (room, {"id": LINA}, "ins_generic")


def test_during_a_rotation_the_host_may_hold_either_secret(connection: Connection, room: str) -> None:
    newer = new_secret(SecretKind.ACTIONS)
    secrets = {**connection.secrets, SecretKind.ACTIONS: (newer, *connection.secrets[SecretKind.ACTIONS])}
    rotating = GenericAdapter(replace(connection, secrets=secrets))
    assert rotating.promote(room, LINA).is_confirmed
    assert rotating.probe() == DECLARED


def test_a_host_with_another_secret_does_nothing_and_the_probe_says_so(connection: Connection, room: str) -> None:
    stranger = replace(
        connection, secrets={**connection.secrets, SecretKind.ACTIONS: (new_secret(SecretKind.ACTIONS),)}
    )
    with pytest.raises(ActionError, match="401"):
        GenericAdapter(stranger).probe()


def test_an_echo_does_not_pass_the_verify_challenge(adapter: GenericAdapter, host: HomeGrownHost) -> None:
    host.answers_with = raw_answer({"response": "whatever you sent"})
    with pytest.raises(ActionError, match="verify challenge"):
        adapter.probe()


def test_nobody_is_refused_in_the_host_s_own_words(adapter: GenericAdapter, room: str) -> None:
    with pytest.raises(ActionError) as refusal:
        adapter.promote(room, NOBODY)
    assert (refusal.value.message, refusal.value.is_final) == ("This person is not in the room.", True)


def test_pending_is_not_confirmed(adapter: GenericAdapter, host: HomeGrownHost, room: str) -> None:
    host.answers_with = raw_answer({"status": "pending"})
    assert not adapter.promote(room, LINA).is_confirmed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 200),
        ("not json", 200),
        ("[" * 100_000, 200),
        ([], 200),
        ({}, 200),
        ({"status": ["done"]}, 200),
        ({"status": "done"}, 201),
        ({"status": "done"}, 302),
        ({"status": "done"}, 500),
        ("x" * 300_000, 200),
    ],
)
def test_a_strange_answer_is_an_error_never_a_yes(
    adapter: GenericAdapter, host: HomeGrownHost, room: str, body: Any, status: int
) -> None:
    host.answers_with = raw_answer(body, status)
    with pytest.raises(ActionError):
        adapter.promote(room, LINA)


@pytest.mark.parametrize("people", [None, {}, "lina", [7], [{"name": "no id"}], [{"id": "x", "role": "owner"}]])
def test_a_strange_list_is_an_error(adapter: GenericAdapter, host: HomeGrownHost, room: str, people: Any) -> None:
    host.answers_with = raw_answer({"status": "done", "participants": people})
    with pytest.raises(ActionError):
        adapter.participants(room)


def test_only_what_was_granted_is_asked(connection: Connection, host: HomeGrownHost, room: str) -> None:
    listener_only = GenericAdapter(replace(connection, granted=frozenset({Capability.LIST_PARTICIPANTS})))
    with pytest.raises(ActionError):
        listener_only.remove(room, LINA)
    assert host.requests == []


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1", "http://localhost", "http://[::1]", "http://0.0.0.0", "http://2130706433", "http://0x7f000001"),
        *("http://127.1", "http://[::ffff:127.0.0.1]", "http://10.0.0.1", "http://192.168.1.1", "http://169.254.169.254"),
        *("http://[64:ff9b::7f00:1]", "http://100.64.0.1", "http://[fe80::1]", "http://224.0.0.1"),
    ],
)  # fmt: skip
def test_an_inside_address_is_never_called(
    connection: Connection, host: HomeGrownHost, room: str, address: str
) -> None:
    port = host.url.rsplit(":", 1)[1]
    outside = replace(connection, action_url=f"{address}:{port}", allows_private_addresses=False)
    with pytest.raises(ActionError):
        GenericAdapter(outside).promote(room, LINA)
    assert host.requests == []


def test_a_redirect_is_not_followed(adapter: GenericAdapter, host: HomeGrownHost, room: str) -> None:
    host.answers_with = raw_answer("", 307)
    host.answers_with.headers["Location"] = host.url
    with pytest.raises(ActionError, match="307"):
        adapter.promote(room, LINA)
    assert len(host.requests) == 1


def parsed(**body: Any) -> PlatformEvent:
    (event,) = events.parse("msg_1", json.dumps({"room": "ama-1400", **body}).encode())
    return event


LINA_HERE = {"id": LINA, "name": "Lina", "role": "listener"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "room.started", "room_title": "Product AMA"}, PlatformEventKind.ROOM_STARTED),
        ({"type": "room.ended"}, PlatformEventKind.ROOM_ENDED),
        ({"type": "participant.joined", "participant": LINA_HERE}, PlatformEventKind.PARTICIPANT_JOINED),
        ({"type": "participant.left", "participant": LINA_HERE}, PlatformEventKind.PARTICIPANT_LEFT),
        ({"type": "participant.role", "participant": LINA_HERE}, PlatformEventKind.ROLE_CHANGED),
        ({"type": "participant.muted", "participant": {"id": LINA, "is_muted": True}}, PlatformEventKind.MIC_OFF),
        ({"type": "participant.muted", "participant": {"id": LINA, "is_muted": False}}, PlatformEventKind.MIC_ON),
        ({"type": "participant.hand", "participant": {"id": LINA, "is_raised": True}}, PlatformEventKind.HAND_RAISED),
        ({"type": "participant.hand", "participant": {"id": LINA, "is_raised": False}}, PlatformEventKind.HAND_LOWERED),
    ],
)
def test_every_event_of_the_manifest_is_understood(body: dict[str, Any], kind: PlatformEventKind) -> None:
    event = parsed(**body)
    assert (event.kind, event.event_id, event.room) == (kind, "msg_1", "ama-1400")


def test_an_event_carries_time_role_and_title() -> None:
    event = parsed(type="participant.joined", occurred_at=1_778_605_445, participant={**LINA_HERE, "can_speak": True})
    assert event.occurred_at.isoformat() == "2026-05-12T17:04:05+00:00"
    assert event.participant is not None
    assert (event.participant.role, event.participant.can_speak) == (Role.LISTENER, True)
    assert parsed(type="room.started", occurred_at="2026-05-12T19:04:05+02:00").occurred_at == event.occurred_at
    assert parsed(type="room.started", room_title="Product\u202e AMA\n").room_title == "Product AMA"


def test_what_we_do_not_know_is_passed_over() -> None:
    assert events.parse("msg_1", b'{"type": "chat.message", "room": "ama-1400", "text": "hello"}') == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"type": 7, "room": "x"}',
        b'{"type": "room.started"}',
        b'{"type": "room.started", "room": ""}',
        b'{"type": "room.started", "room": "x", "occurred_at": "yesterday"}',
        b'{"type": "room.started", "room": "x", "occurred_at": "2026-05-12T17:04:05"}',
        b'{"type": "room.started", "room": "x", "occurred_at": true}',
        b'{"type": "room.started", "room": "x", "occurred_at": 1e300}',
        b'{"type": "room.started", "room": "x", "occurred_at": 9999999999}',
        b'{"type": "participant.joined", "room": "x"}',
        b'{"type": "participant.joined", "room": "x", "participant": "lina"}',
        b'{"type": "participant.joined", "room": "x", "participant": {"id": 7}}',
        b'{"type": "participant.joined", "room": "x", "participant": {"id": "lina", "role": "owner"}}',
        b'{"type": "participant.joined", "room": "x", "participant": {"id": "lina", "can_speak": "yes"}}',
        b'{"type": "participant.muted", "room": "x", "participant": {"id": "lina"}}',
    ],
)
def test_a_malformed_event_says_what_to_mend(body: bytes) -> None:
    with pytest.raises(MalformedEventError) as refusal:
        events.parse("msg_1", body)
    assert refusal.value.message.endswith(".")


def test_a_guest_is_marked(adapter: GenericAdapter, connection: Connection) -> None:
    identity = adapter.verify_identity(panel_token(connection, "ama-1400", is_guest=True), "ama-1400")
    assert identity.is_guest and identity.token_id
    assert identity.expires_at <= now() + timedelta(seconds=60 + tokens.LEEWAY_SECONDS)
