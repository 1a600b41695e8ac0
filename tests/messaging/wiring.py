"""Stands in for the composition root: the engine with the kinds of these tests instead of the features'."""

from __future__ import annotations

from flask import Flask

from plugin.api import auth
from plugin.core import unit_of_work
from plugin.messaging import kinds, pushes, routes
from plugin.realtime import channel_log
from plugin.rooms import access
from tests.messaging.kinds import make


def wire_up(app: Flask) -> None:
    """Give the app the kinds of these tests, and the engine where it lacks it."""
    kinds.KINDS.put(app, make())
    if "messaging" in app.blueprints:
        return
    auth.RESOLVER.put(app, access.actor_of)
    unit_of_work.HOOKS.of(app).before_commit.append(channel_log.Announcer([pushes.PUSHES]).assign)
    app.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(routes.blueprint)
