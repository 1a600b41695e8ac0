"""Stands in for the composition root until it knows this feature; removed then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask, jsonify

from plugin.api import auth
from plugin.core import unit_of_work
from plugin.outbox import subscribers
from plugin.qa.channel_policy import own_channels
from plugin.qa.feature import feature
from plugin.qa.ownership import Ownership
from plugin.realtime import channel_log
from plugin.rooms import access, ports
from plugin.rooms import bootstrap as rooms_bootstrap
from plugin.rooms import pushes as room_pushes


def wire_up(app: Flask) -> None:
    """Plug rooms and Q&A into an app that lacks them."""
    if "qa" in app.blueprints:
        return
    nowhere = SimpleNamespace(kind=lambda _: "fake", platform=lambda _: SimpleNamespace(capabilities=frozenset))
    ports.PORTS.put(app, ports.Ports(platforms=nowhere, questions=Ownership()))
    auth.RESOLVER.put(app, access.actor_of)
    announcer = channel_log.Announcer([room_pushes.PUSHES, feature.pushes])
    unit_of_work.HOOKS.of(app).before_commit.append(announcer.assign)
    for event, subscriber in feature.subscriptions.items():
        subscribers.SUBSCRIBERS.of(app).add(event, subscriber)
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    for made in feature.blueprints:
        api.register_blueprint(made)
    app.add_url_rule("/api/v1/bootstrap", view_func=auth.authenticated(_bootstrap))


def _bootstrap() -> Any:
    actor = auth.current_actor()
    names = [*rooms_bootstrap.channels(actor), *own_channels(actor)]
    seqs = channel_log.latest(names)
    parts = rooms_bootstrap.rooms_part(actor) | dict(feature.bootstrap(actor) if feature.bootstrap else {})
    return jsonify(parts | {"channels": [{"name": name, "seq": seqs[name]} for name in names]})
