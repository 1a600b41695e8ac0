"""A small app around the realtime floor, for real servers: people by name, roles in a table, a route that tells."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Flask, Response, jsonify, request
from sqlalchemy import text

from plugin.api import auth, limits, problems
from plugin.api import blueprint as api_blueprint
from plugin.core import database, logs, unit_of_work
from plugin.core.actor import Actor, Role
from plugin.core.database import db, session
from plugin.core.errors import UnauthenticatedError
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.recorder import record
from plugin.realtime import channel_log, channels, floor
from plugin.realtime.push import Announcement, Push, Revoke, Tally
from plugin.realtime.runtime import Settings

SESSION = "ses_1"
ORIGIN = "http://panel.test"


@dataclass(frozen=True, kw_only=True)
class StandInTold(DomainEvent):
    """Something was told to some channels, several times."""

    name: ClassVar[str] = "stand_in.told"
    channels: list[str]
    texts: list[str]


@dataclass(frozen=True, kw_only=True)
class StandInCounted(DomainEvent):
    """A figure changed."""

    name: ClassVar[str] = "stand_in.counted"
    key: str
    votes: int


@dataclass(frozen=True, kw_only=True)
class StandInDemoted(DomainEvent):
    """Somebody may not look behind the stage any more."""

    name: ClassVar[str] = "stand_in.demoted"
    account_id: str


def on_told(event: StandInTold) -> Iterable[Announcement]:
    for message in event.texts:
        for channel in event.channels:
            yield Push(channel, event.name, {"text": message})


def on_counted(event: StandInCounted) -> Iterable[Announcement]:
    yield Tally(channels.audience(SESSION), event.name, event.key, {"key": event.key, "votes": event.votes})


def on_demoted(event: StandInDemoted) -> Iterable[Announcement]:
    yield Revoke(channels.backstage(SESSION), event.account_id)


PUSHES: dict[type[DomainEvent], channel_log.PushFunction] = {
    StandInTold: on_told,
    StandInCounted: on_counted,
    StandInDemoted: on_demoted,
}


def actor_of_session(panel_session_id: str) -> Actor:
    """A panel session is called `pse_<name>`; the role is read from the table at every question."""
    name = panel_session_id.removeprefix("pse_")
    row = session().execute(text("SELECT role FROM stand_in_people WHERE name = :name"), {"name": name}).first()
    if row is None:
        raise UnauthenticatedError()
    return Actor(
        account_id=f"acc_{name}",
        install_id="ins_1",
        room_id="room_1",
        session_id=SESSION,
        participant_id=f"par_{name}",
        role=Role(row.role),
        name=name,
    )


def session_of_token(token: str) -> str:
    return f"pse_{token}"


POLICIES = {
    "audience": lambda actor, channel: channel == channels.audience(actor.session_id),
    "backstage": lambda actor, channel: actor.is_backstage and channel == channels.backstage(actor.session_id),
    "person": lambda actor, channel: channel == channels.person(actor.session_id, actor.account_id),
    "load": lambda _actor, _channel: True,
}


def create_app(
    database_url: str | None = None,
    redis_url: str | None = None,
    *,
    secret_key: str = "stand-in",
    namespace: str = "test",
) -> Flask:
    """The app; without arguments it is told by the environment, as gunicorn does."""
    logs.configure()
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url or os.environ["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 10},
        SIDESTAGE_SECRET_KEY=secret_key,
    )
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    hooks = unit_of_work.HOOKS.put(app, unit_of_work.Hooks())
    problems.install(app)
    auth.RESOLVER.put(app, lambda token: actor_of_session(session_of_token(token)))
    limits.install(app, "memory://")
    settings = Settings(
        secret_key=secret_key,
        redis_url=redis_url or os.environ.get("REDIS_URL"),
        session_of_token=session_of_token,
        actor_of_session=actor_of_session,
        allowed_origins=lambda _panel_session_id: [ORIGIN],
        policies=POLICIES,
        namespace=namespace,
    )
    realtime = floor.install(app, api_blueprint.install(app), hooks, settings, [PUSHES])
    app.extensions["stand_in.realtime"] = realtime
    _add_routes(app)
    return app


def prepare_database(app: Flask) -> None:
    """Make the tables and the cast: Hana hosts, Cole co-hosts, Lina and Omar listen."""
    with app.app_context():
        database.Base.metadata.create_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE stand_in_people (name VARCHAR(40) PRIMARY KEY, role VARCHAR(20))"))
            people = [("hana", "host"), ("cole", "cohost"), ("lina", "listener"), ("omar", "listener")]
            rows = [{"name": name, "role": role} for name, role in people]
            connection.execute(text("INSERT INTO stand_in_people VALUES (:name, :role)"), rows)


def _add_routes(app: Flask) -> None:
    @app.get("/livez")
    def livez() -> str:
        return str(os.getpid())

    @app.post("/tell")
    @limits.limiter.exempt
    def tell() -> Response:
        body: dict[str, Any] = request.get_json()
        with unit_of_work.unit_of_work():
            record(StandInTold(channels=body["channels"], texts=body["texts"]))
        return jsonify(pid=os.getpid())

    @app.post("/count")
    @limits.limiter.exempt
    def count() -> Response:
        body: dict[str, Any] = request.get_json()
        with unit_of_work.unit_of_work():
            record(StandInCounted(key=body["key"], votes=body["votes"]))
        return jsonify(pid=os.getpid())

    @app.post("/demote")
    def demote() -> Response:
        name = request.get_json()["name"]
        with unit_of_work.unit_of_work() as work:
            demote_one = text("UPDATE stand_in_people SET role = 'listener' WHERE name = :name")
            work.session.execute(demote_one, {"name": name})
            record(StandInDemoted(account_id=f"acc_{name}"))
        return jsonify(pid=os.getpid())

    @app.post("/trim")
    def trim() -> Response:
        return jsonify(trimmed=channel_log.trim(kept_hours=-1))
