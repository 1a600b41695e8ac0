"""Puts the realtime floor into an app: the one call the composition root makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Flask
from flask_smorest import Api

from plugin.core.unit_of_work import Hooks
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import parking, routes, runtime
from plugin.realtime.channel_log import Announcer, PushFunction
from plugin.realtime.runtime import Realtime, Settings


def install(
    app: Flask,
    api: Api,
    hooks: Hooks,
    settings: Settings,
    pushes: Iterable[Mapping[type[DomainEvent], PushFunction]],
) -> Realtime:
    """Hook announcing into the unit of work and register both doors.

    Call it after every other before-commit hook was added: the counter rows must be locked last.
    """
    realtime = runtime.attach(app, settings)
    hooks.before_commit.append(Announcer(pushes).assign)
    hooks.after_commit.append(realtime.publisher.after_commit)
    app.config["SOCK_SERVER_OPTIONS"] = parking.SERVER_OPTIONS
    api.register_blueprint(routes.blueprint)
    app.register_blueprint(routes.socket_blueprint)
    return realtime
