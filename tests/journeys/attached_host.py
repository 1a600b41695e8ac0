"""A home-grown audio-room server in Flask, with a database, limits, an API and error pages of its own.

Run as a process (``gunicorn tests.journeys.attached_host:app``) it has Sidestage under /qa; `build(is_attached=False)`
(or ``HOST_IS_BARE`` in the environment) is the same server without, to compare the two byte for byte.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, Response, jsonify, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_smorest import Api, Blueprint
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from plugin.application import Sidestage
from plugin.platforms import host_signals
from plugin.platforms.host import ActionRefusedError

ROOM = "ama-1400"
PREFIX = "/qa"


class Base(DeclarativeBase):
    """The host's own tables."""


db = SQLAlchemy(model_class=Base)


class Person(Base):
    """Somebody in the host's room."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    can_speak: Mapped[bool] = mapped_column(default=False)

    def shown(self) -> dict[str, Any]:
        """The person as the host tells others."""
        return {"id": self.id, "name": self.name, "role": self.role, "can_speak": self.can_speak}


def build(database_url: str, *, is_attached: bool = True) -> Flask:
    """Make the server, with or without Sidestage."""
    app = Flask("rooms")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url,
        SECRET_KEY="the-host-s-own",
        MAX_CONTENT_LENGTH=2000,
        API_TITLE="Our rooms",
        API_VERSION="7",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
    )
    db.init_app(app)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    sidestage = Sidestage(app, prefix=PREFIX) if is_attached else None
    with app.app_context():
        db.create_all()
    _add_routes(app, limiter)
    _add_api(app)
    if sidestage:
        _attach(app, sidestage)
    return app


def _add_routes(app: Flask, limiter: Limiter) -> None:
    @app.get("/")
    def home() -> str:
        return "<h1>Our rooms</h1>"

    @app.get("/api/v1/people")
    def people() -> Response:
        return jsonify([person.shown() for person in db.session.scalars(db.select(Person).order_by(Person.id))])

    @app.get("/scarce")
    @limiter.limit("2 per hour")
    def scarce() -> str:
        return "one of two"

    @app.post("/echo")
    def echo() -> Response:
        return jsonify(request.get_json())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a bug of the host")

    @app.get("/visits")
    def visits() -> str:
        session["visits"] = session.get("visits", 0) + 1
        return f"visit {session['visits']}"

    @app.errorhandler(404)
    def nothing_here(_error: Exception) -> tuple[str, int]:
        return "<p>The host's own page for what is not there.</p>", 404


class Wish(Schema):
    """What people may wish for."""

    song = fields.String(required=True)


def _add_api(app: Flask) -> None:
    blueprint = Blueprint("wishes", __name__, url_prefix="/api/v1")

    def wish(body: dict[str, str]) -> dict[str, str]:
        return body

    view = blueprint.arguments(Wish)(blueprint.response(201, Wish)(wish))
    blueprint.route("/wishes", methods=["POST"])(view)
    Api(app).register_blueprint(blueprint)


def _attach(app: Flask, sidestage: Sidestage) -> None:
    @app.post("/join/<user_id>")
    def join(user_id: str) -> Response:
        person = Person(id=user_id, name=user_id.title(), role=request.args.get("role", "listener"))
        person.can_speak = person.role == "host"
        db.session.add(person)
        db.session.commit()
        sidestage.events.participant_joined(
            room=ROOM, user_id=person.id, name=person.name, role=person.role, can_speak=person.can_speak
        )
        return jsonify(install_id=sidestage.install_id)

    @app.get("/panel-token/<user_id>")
    def panel_token(user_id: str) -> str:
        person = db.session.get_one(Person, user_id)
        return sidestage.panel_token(room=ROOM, user_id=person.id, name=person.name, role=person.role)

    @app.post("/microphone/<user_id>")
    def open_microphone(user_id: str) -> Response:
        host_signals.microphone_opened.send(app, room=ROOM, user_id=user_id)
        return jsonify(ok=True)

    @sidestage.action("participant.promote")
    def promote(user_id: str) -> None:
        _let_speak(user_id, True)

    @sidestage.action("participant.demote")
    def demote(user_id: str) -> None:
        _let_speak(user_id, False)

    @sidestage.action("participant.list")
    def everybody() -> list[dict[str, Any]]:
        return [person.shown() for person in db.session.scalars(db.select(Person))]


def _let_speak(user_id: str, can_speak: bool) -> None:
    person = db.session.get(Person, user_id)
    if person is None:
        raise ActionRefusedError("This person is not in our room.")
    person.can_speak = can_speak
    db.session.commit()


if "HOST_DATABASE_URL" in os.environ:
    app = build(os.environ["HOST_DATABASE_URL"], is_attached="HOST_IS_BARE" not in os.environ)
