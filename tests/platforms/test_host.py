"""A host that is a Flask app: it calls us in Python or by signal, and a worker's actions reach its functions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from plugin.application import create_app
from plugin.config import Settings
from plugin.core.database import db, session
from plugin.platforms import host_routes, host_signals, installs
from plugin.platforms.adapter import SecretKind
from plugin.platforms.host import BRIDGE, ActionRefusedError, HostBridge
from plugin.platforms.models import AuditLine, Install, InstallStatus
from plugin.platforms.registry import connection, current_registry
from plugin.rooms.models import Participant, Room
from plugin.rooms.ports import ActionError, Capability, Platform
from tests.app_fixtures import settings_for
from tests.servers.ports import free_port

ROOM = "ama-1400"


@pytest.fixture
def settings(tmp_path: Any, database_url: str, redis_url: str) -> Settings:
    return settings_for(
        tmp_path, database_url, redis_url, public_url=f"http://127.0.0.1:{free_port()}/qa", is_demo=False
    )


class RoomServer:
    """A home-grown room server with Sidestage under /qa, on a real port."""

    def __init__(self, inner: Flask, settings: Settings) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.app = Flask("rooms")
        self.bridge = BRIDGE.put(inner, HostBridge(inner, settings))
        self.bridge.attach(self.app)
        inner.register_blueprint(host_routes.blueprint)
        self.app.wsgi_app = DispatcherMiddleware(self.app.wsgi_app, {"/qa": inner.wsgi_app})  # type: ignore[method-assign]
        self.register()
        port = int(settings.public_url.removesuffix("/qa").rsplit(":", 1)[1])
        self.server = make_server("127.0.0.1", port, self.app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True)

    def register(self) -> None:
        @self.bridge.action("participant.promote")
        def promote(room: str, user_id: str) -> dict[str, Any]:
            assert current_app.name == "rooms"  # the host's own context, with its own database and config
            if user_id not in self.people:
                raise ActionRefusedError("This person is not here.")
            self.people[user_id]["can_speak"] = True
            return {"participant": self.people[user_id]}

        @self.bridge.action("participant.list")
        def everybody(room: str) -> list[dict[str, Any]]:
            return list(self.people.values())

        @self.bridge.action("room.notice")
        def say(text: str, user_id: str | None) -> None:
            self.people.setdefault("notices", {})[user_id or "everybody"] = text

        @self.bridge.action("participant.remove")
        def fall_over(room: str) -> None:
            raise RuntimeError("a bug in the host")


@pytest.fixture
def rooms(app: Flask, settings: Settings) -> Iterator[RoomServer]:
    server = RoomServer(app, settings)
    server.thread.start()
    yield server
    server.server.shutdown()
    server.thread.join()
    server.server.server_close()


@pytest.fixture
def worker(app: Flask, rooms: RoomServer, settings: Settings) -> Iterator[Platform]:
    """The platform as a worker sees it: another app on the same database, which knows no function of the host."""
    install_id = rooms.bridge.install_id
    with create_app(settings).app_context():
        yield current_registry().platform(install_id)
        db.session.remove()
        db.engine.dispose()


def people() -> list[Participant]:
    session().rollback()
    return list(session().scalars(select(Participant).execution_options(populate_existing=True)))


def test_what_the_host_says_becomes_true(app: Flask, rooms: RoomServer) -> None:
    events = rooms.bridge.events
    events.room_started(room=ROOM, title="Product AMA with Hana")
    events.participant_joined(room=ROOM, user_id="hana", name="Hana", role="host")
    events.participant_joined(room=ROOM, user_id="lina", name="Lina\u202e")
    events.role_changed(room=ROOM, user_id="lina", role="speaker", can_speak=True)
    events.microphone_opened(room=ROOM, user_id="lina")
    assert session().scalars(select(Room)).one().title == "Product AMA with Hana"
    assert {(person.name, person.role, person.is_audible) for person in people()} == {
        ("Hana", "host", False),
        ("Lina", "speaker", True),
    }
    events.participant_left(room=ROOM, user_id="lina")
    assert {person.name for person in people() if person.is_present} == {"Hana"}


def test_signals_say_the_same(app: Flask, rooms: RoomServer) -> None:
    host_signals.participant_joined.send(rooms.app, room=ROOM, user_id="omar", name="Omar")
    assert [person.name for person in people()] == ["Omar"]


def test_another_app_s_signals_are_not_ours(app: Flask, rooms: RoomServer) -> None:
    host_signals.participant_joined.send(Flask("another"), room=ROOM, user_id="nadia", name="Nadia")
    assert people() == []


def test_every_signal_has_a_call_of_the_same_name(rooms: RoomServer) -> None:
    assert all(callable(getattr(rooms.bridge.events, signal.name)) for signal in host_signals.SIGNALS)


def test_the_host_s_panel_token_opens_its_own_room_once(app: Flask, rooms: RoomServer) -> None:
    token = rooms.bridge.panel_token(room=ROOM, user_id="hana", name="Hana", role="host")
    body = {"install_id": rooms.bridge.install_id, "room": ROOM, "token": token}
    identity = current_registry().identity(rooms.bridge.install_id, token, ROOM)
    assert (identity.platform_user_id, identity.role) == ("hana", "host")
    assert body["install_id"].startswith("ins_")


def test_a_worker_s_action_reaches_the_host_s_function(rooms: RoomServer, worker: Platform) -> None:
    rooms.people["lina"] = {"id": "lina", "name": "Lina", "can_speak": False}
    result = worker.promote(ROOM, "lina")
    assert result.is_confirmed and result.participant is not None and result.participant.can_speak
    assert rooms.people["lina"]["can_speak"]
    assert [person.platform_user_id for person in worker.participants(ROOM)] == ["lina"]
    worker.notice(ROOM, "You are next.", "lina")
    assert rooms.people["notices"] == {"lina": "You are next."}


def test_a_refusal_is_told_in_the_host_s_words(worker: Platform) -> None:
    with pytest.raises(ActionError, match="This person is not here."):
        worker.promote(ROOM, "nobody")


def test_a_bug_in_the_host_is_an_error_and_says_nothing_more(worker: Platform) -> None:
    with pytest.raises(ActionError, match="500"):
        worker.remove(ROOM, "lina")


def test_what_the_host_registered_is_what_it_can_do(worker: Platform) -> None:
    assert Capability.PROMOTE in worker.capabilities()
    assert Capability.MUTE not in worker.capabilities()
    with pytest.raises(ActionError) as refusal:
        worker.mute(ROOM, "lina")
    assert refusal.value.is_final


def test_event_and_action_make_it_active(app: Flask, rooms: RoomServer, worker: Platform) -> None:
    rooms.bridge.events.room_started(room=ROOM)
    assert installs.verify(rooms.bridge.install_id).status is InstallStatus.ACTIVE


def test_only_a_signed_action_is_taken(app: Flask, rooms: RoomServer, settings: Settings) -> None:
    rooms.people["lina"] = {"id": "lina", "can_speak": False}
    address = f"/qa/host-actions/{rooms.bridge.install_id}"
    forged = {"type": "participant.promote", "room": ROOM, "participant": {"id": "lina"}}
    client = rooms.app.test_client()
    assert client.post(address, json=forged).status_code == 401
    assert client.post("/qa/host-actions/ins_other", json=forged).status_code == 404
    assert not rooms.people["lina"]["can_speak"]
    session().rollback()
    assert session().scalars(select(AuditLine)).one().reason == "missing_headers"


def test_all_processes_of_a_host_share_one_install(app: Flask, rooms: RoomServer, settings: Settings) -> None:
    again = create_app(settings)
    other = HostBridge(again, settings, functions=dict(rooms.bridge.functions))
    assert other.install_id == rooms.bridge.install_id
    with again.app_context():
        db.engine.dispose()
    install = session().get_one(Install, rooms.bridge.install_id)
    assert session().scalars(select(Install)).all() == [install]
    assert connection(install).secrets[SecretKind.ACTIONS]


def test_an_unknown_action_is_refused_where_it_is_written(rooms: RoomServer) -> None:
    with pytest.raises(ValueError, match="participant.fly is not an action"):
        rooms.bridge.action("participant.fly")


def test_the_manifest_stands_under_the_prefix(rooms: RoomServer, settings: Settings) -> None:
    document = rooms.app.test_client().get("/qa/.well-known/room-plugin.json").get_json()
    assert document["base_url"] == settings.public_url
