"""The composition root: builds the app from its parts, standalone or attached beside a host's own Flask app."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from plugin import config
from plugin.api import blueprint as api_blueprint
from plugin.api import limits, problems
from plugin.config import Settings
from plugin.core import database, redis_client, tasks, unit_of_work
from plugin.features import FEATURES
from plugin.outbox import subscribers
from plugin.platforms import registry
from plugin.platforms import routes as platform_routes
from plugin.platforms.fake import routes as demo_routes
from plugin.platforms.fake.adapter import FakeAdapter
from plugin.platforms.generic.adapter import GenericAdapter
from plugin.platforms.livekit.adapter import LiveKitAdapter
from plugin.rooms.ports import PORTS, Ports
from plugin.task_sender import TaskSender

MAX_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the inner Flask app; nothing is started and nothing connects until the first request."""
    settings = settings or config.load()
    app = Flask("plugin", static_folder=None)
    app.config.update(
        SIDESTAGE_SETTINGS=settings,
        SIDESTAGE_SECRET_KEY=settings.secret_key,
        SIDESTAGE_OLD_SECRET_KEYS=settings.old_secret_keys,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _install_ground_floor(app, settings)
    api = api_blueprint.install(app)
    _install_platforms(app, api, settings)
    _install_features(app, api)
    return app


def _install_ground_floor(app: Flask, settings: Settings) -> None:
    database.db.init_app(app)
    with app.app_context():
        database.prepare(database.db.engine)
    redis_client.CLIENT.put(app, redis_client.make(settings.redis_url))
    problems.install(app)
    limits.install(app, settings.limits_storage_url)
    sender = TaskSender(settings.celery_broker_url)
    tasks.SENDER.put(app, sender.send)
    hooks = unit_of_work.HOOKS.put(app, unit_of_work.Hooks())
    subscribers.SUBSCRIBERS.put(app, subscribers.Subscribers())
    hooks.after_commit.append(nudge_relay)


def _install_platforms(app: Flask, api: Api, settings: Settings) -> None:
    found = registry.Registry(settings)
    found.register("generic", GenericAdapter)
    found.register("livekit", LiveKitAdapter)
    found.register("fake", FakeAdapter)
    app.register_blueprint(demo_routes.blueprint)
    registry.REGISTRY.put(app, found)
    PORTS.put(app, Ports(platforms=found))
    app.register_blueprint(platform_routes.hooks)
    api.register_blueprint(platform_routes.blueprint)


def _install_features(app: Flask, api: Api) -> None:
    heard = subscribers.current_subscribers
    with app.app_context():
        for feature in FEATURES:
            for blueprint in feature.blueprints:
                api.register_blueprint(blueprint)
            for event, subscriber in feature.subscriptions.items():
                heard().add(event, subscriber)


def nudge_relay(work: unit_of_work.Work) -> None:
    """Ask the worker to look at the outbox when somebody waits for one of these events."""
    waiting = subscribers.current_subscribers()
    if any(waiting.of(type(event)) for event in work.events):
        tasks.send("sidestage.relay_outbox")
