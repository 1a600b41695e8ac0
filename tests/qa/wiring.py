"""Stands in for the composition root until it knows this feature; removed then."""

from __future__ import annotations

from flask import Flask

from plugin.api import auth, blueprint
from plugin.core import unit_of_work
from plugin.qa.feature import feature
from plugin.qa.ownership import Ownership
from plugin.realtime.channel_log import Announcer
from plugin.rooms import access, ports
from plugin.rooms import pushes as room_pushes


def wire(app: Flask) -> None:
    """Plug rooms and Q&A into an app that lacks them."""
    if "sidestage.ports" in app.extensions:
        return
    from types import SimpleNamespace

    ports.PORTS.put(app, ports.Ports(platforms=SimpleNamespace(), questions=Ownership()))  # type: ignore[arg-type]
    auth.RESOLVER.put(app, access.actor_of)
    announcer = Announcer([room_pushes.PUSHES, feature.pushes])
    unit_of_work.HOOKS.of(app).before_commit.append(announcer.assign)
    from plugin.outbox import subscribers

    for event, subscriber in feature.subscriptions.items():
        subscribers.SUBSCRIBERS.of(app).add(event, subscriber)
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    for made in feature.blueprints:
        api.register_blueprint(made)
