"""The demo platform: the contract, its four ways to answer, and doors that only this machine opens."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import ForbiddenError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.adapter import BadTokenError, Connection, SecretKind
from plugin.platforms.fake import adapter as fake_adapter
from plugin.platforms.fake import demo, server
from plugin.platforms.fake.adapter import FakeAdapter
from plugin.platforms.fake.models import Behaviour, FakePerson
from plugin.platforms.generic import tokens
from plugin.platforms.registry import connection as connection_of
from plugin.platforms.registry import current_registry
from plugin.platforms.secrets import new_secret
from plugin.rooms.models import Participant
from plugin.rooms.ports import ActionError
from tests.platforms.contract import LINA, PlatformContract
from tests.platforms.test_generic import RECORDED_SECRET

_numbers = itertools.count(1)
OWN = {"X-Sidestage-Demo": "1"}


@pytest.fixture
def connection(app: Flask) -> Connection:
    return connection_of(demo.ensure(current_registry().settings))


@pytest.fixture
def adapter(connection: Connection) -> FakeAdapter:
    return FakeAdapter(connection)


@pytest.fixture
def room(connection: Connection) -> str:
    return open_room(connection)


def open_room(connection: Connection) -> str:
    name = f"ama-{next(_numbers)}"
    with unit_of_work():
        server.open_room(connection.install_id, name, "Product AMA")
        server.join(connection.install_id, name, LINA, "Lina", Role.LISTENER)
    return name


def behave(connection: Connection, room: str, behaviour: Behaviour) -> None:
    with unit_of_work():
        server.behave(connection.install_id, room, behaviour)


def panel_token(connection: Connection, room: str, ttl_seconds: int = 60, secret: str | None = None) -> str:
    return tokens.mint(
        secret or connection.secrets[SecretKind.PANEL][0],
        install_id=connection.install_id,
        issuer=connection.host_id,
        room=room,
        user_id=LINA,
        name="Lina",
        role=Role.LISTENER,
        ttl_seconds=ttl_seconds,
    )


class TestFakeContract(PlatformContract):
    kind = "fake"
    signing_headers = ("webhook-id", "webhook-timestamp", "webhook-signature")

    def make(self, connection: Connection) -> FakeAdapter:
        return FakeAdapter(connection)

    @pytest.fixture
    def connection(self, app: Flask) -> Connection:
        return connection_of(demo.ensure(current_registry().settings))

    @pytest.fixture
    def room(self, connection: Connection) -> str:
        return open_room(connection)

    @pytest.fixture
    def token(self, connection: Connection, room: str) -> str:
        return panel_token(connection, room)

    @pytest.fixture
    def refused_tokens(self, connection: Connection, room: str) -> Mapping[str, str]:
        return {
            "another secret": panel_token(connection, room, secret=new_secret(SecretKind.PANEL)),
            "an hour long": panel_token(connection, room, ttl_seconds=3600),
            "empty": "",
        }

    @pytest.fixture
    def cut_off(self, connection: Connection) -> Connection:
        return replace(connection, install_id="ins_gone")

    @pytest.fixture
    def recorded_by(self, connection: Connection) -> Connection:
        return replace(connection, secrets={**connection.secrets, SecretKind.EVENTS: (RECORDED_SECRET,)})


def participant() -> Participant:
    session().rollback()
    found = select(Participant).where(Participant.name == "Lina").execution_options(populate_existing=True)
    return session().scalars(found).one()


def test_joining_speaking_and_leaving_reach_the_room(connection: Connection, room: str, adapter: FakeAdapter) -> None:
    assert (participant().is_present, participant().can_speak) == (True, False)
    with pytest.raises(ForbiddenError), unit_of_work():
        server.open_microphone(connection.install_id, room, LINA)
    assert adapter.promote(room, LINA).is_confirmed
    with unit_of_work():
        server.open_microphone(connection.install_id, room, LINA)
    assert participant().is_audible
    adapter.demote(room, LINA)
    assert not participant().is_audible
    adapter.remove(room, LINA)
    assert not participant().is_present
    assert session().scalars(select(FakePerson)).one().is_removed


def test_it_can_refuse(connection: Connection, room: str, adapter: FakeAdapter) -> None:
    behave(connection, room, Behaviour.REFUSES)
    with pytest.raises(ActionError) as refusal:
        adapter.promote(room, LINA)
    assert refusal.value.is_final
    assert [person.can_speak for person in adapter.participants(room)] == [False]


def test_it_can_keep_silent(connection: Connection, room: str, adapter: FakeAdapter) -> None:
    behave(connection, room, Behaviour.SILENT)
    assert not adapter.promote(room, LINA).is_confirmed
    assert [person.can_speak for person in adapter.participants(room)] == [False]


def test_it_can_be_slow(
    connection: Connection, room: str, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(connection, room, Behaviour.SLOW)
    monkeypatch.setattr(fake_adapter, "SLOW_SECONDS", 0.2)
    started_at = time.monotonic()
    assert adapter.promote(room, LINA).is_confirmed
    assert time.monotonic() - started_at >= 0.2


def test_a_page_that_was_closed_is_not_listed_for_long(connection: Connection, adapter: FakeAdapter) -> None:
    with unit_of_work():
        server.join(connection.install_id, demo.ROOM, "omar", "Omar", Role.LISTENER, has_page=True)
    assert [person.platform_user_id for person in adapter.participants(demo.ROOM)] == ["omar"]
    with time_machine.travel(now() + server.GONE_AFTER + timedelta(seconds=1)):
        assert list(adapter.participants(demo.ROOM)) == []


def test_each_page_shows_its_person_and_runs_no_inline_script(client: FlaskClient) -> None:
    for person in demo.PEOPLE.values():
        answer = client.get(f"/demo/{person.id}", base_url="http://127.0.0.1:5000")
        assert answer.status_code == 200 and f"<strong>{person.name}</strong>" in answer.text
        assert "<script>" not in answer.text and "<style" not in answer.text and " style=" not in answer.text
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert client.get("/demo/nadia", base_url="http://127.0.0.1:5000").status_code == 404


def test_a_page_fetches_a_fresh_token_each_time(client: FlaskClient, adapter: FakeAdapter) -> None:
    first, second = (
        client.get("/demo/lina/token", headers=OWN, base_url="http://127.0.0.1:5000").get_json()["token"]
        for _ in range(2)
    )
    identities = [adapter.verify_identity(token, demo.ROOM) for token in (first, second)]
    assert {identity.platform_user_id for identity in identities} == {"lina"}
    assert identities[0].token_id != identities[1].token_id


def test_the_page_s_buttons_work(client: FlaskClient, adapter: FakeAdapter) -> None:
    def press(what: str, **body: object) -> Any:
        answer = client.post(f"/demo/lina/{what}", json=body, headers=OWN, base_url="http://127.0.0.1:5000")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    assert press("join")["is_present"]
    adapter.promote(demo.ROOM, "lina")
    (shown,) = press("microphone", is_open=True)["people"]
    assert shown == {"id": "lina", "name": "Lina", "label": "Listener", "can_speak": True, "is_audible": True}
    assert participant().is_audible
    assert not press("leave")["is_present"]
    assert not participant().is_present


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": OWN | {"Host": "rooms.example"}},
        {"headers": OWN | {"X-Forwarded-For": "203.0.113.7"}},
        {"headers": OWN, "environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
    ],
)
def test_nobody_else_finds_the_demo(client: FlaskClient, changes: dict[str, Any]) -> None:
    for address in ("/demo", "/demo/hana", "/demo/hana/token", "/demo/files/demo.js"):
        assert client.get(address, **changes).status_code == 404


def test_another_origin_cannot_press_the_buttons(client: FlaskClient) -> None:
    """It could send a form, but not our header without asking first; and we never allow it."""
    answer = client.post("/demo/hana/leave", base_url="http://127.0.0.1:5000")
    assert answer.status_code == 403
    asked = client.options(
        "/demo/hana/leave", headers={"Origin": "https://evil.example"}, base_url="http://127.0.0.1:5000"
    )
    assert "Access-Control-Allow-Origin" not in asked.headers


@pytest.mark.parametrize(
    "changes", [{"is_demo": False}, {"host": "0.0.0.0"}, {"public_url": "https://questions.example"}]
)
def test_a_server_that_others_reach_has_no_demo(app: Flask, connection: Connection, changes: dict[str, Any]) -> None:
    """Not even where an earlier demo left its install, and a token of it."""
    registry, token = current_registry(), panel_token(connection, demo.ROOM)
    registry.settings = replace(registry.settings, **changes)
    assert app.test_client().get("/demo/hana", base_url="http://127.0.0.1:5000").status_code == 404
    with pytest.raises(NotFoundError):
        registry.platform(connection.install_id)
    with pytest.raises(BadTokenError):
        registry.identity(connection.install_id, token, demo.ROOM)
