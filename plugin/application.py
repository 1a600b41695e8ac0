"""The composition root: builds the app from its parts, standalone or attached beside a host's own Flask app."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from plugin import bootstrap_routes, config
from plugin.accounts.follow_graph import FollowGraph
from plugin.api import auth, headers, health, limits, problems, readiness
from plugin.api import blueprint as api_blueprint
from plugin.chats import routing
from plugin.config import Settings
from plugin.core import database, logs, redis_client, tasks, unit_of_work
from plugin.features import FEATURES, conversation_kinds
from plugin.messaging import kinds
from plugin.outbox import subscribers
from plugin.outbox.reactions import Reactions
from plugin.outbox.task_sender import TaskSender
from plugin.platforms import host as platform_host
from plugin.platforms import host_routes, installs, registry
from plugin.platforms import routes as platform_routes
from plugin.platforms.fake import adapter as fake
from plugin.platforms.fake import routes as demo_routes
from plugin.platforms.generic import adapter as generic
from plugin.platforms.host import HostBridge
from plugin.platforms.livekit import adapter as livekit
from plugin.platforms.registry import Registry
from plugin.qa.ownership import Ownership
from plugin.realtime import floor, runtime
from plugin.rooms import access, ports, tokens
from plugin.web.routes import panel_blueprint

MAX_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the inner Flask app; nothing is started and nothing connects until the first request."""
    settings = settings or config.load()
    logs.prepare(settings.log_level)
    app = Flask("plugin", static_folder=None)
    app.config.update(
        SIDESTAGE_SETTINGS=settings,
        SIDESTAGE_SECRET_KEY=settings.secret_key,
        SIDESTAGE_OLD_SECRET_KEYS=settings.old_secret_keys,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # an error's text goes to the log; people's words do not
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    hooks = _install_ground_floor(app, settings)
    _install_platforms(app, settings)
    api = _install_features(app, hooks)
    _install_realtime(app, api, hooks, settings)
    app.register_blueprint(panel_blueprint(lambda install_id: " ".join(installs.frame_ancestors(install_id))))
    return app


def _install_ground_floor(app: Flask, settings: Settings) -> unit_of_work.Hooks:
    database.db.init_app(app)
    with app.app_context():
        database.prepare(database.db.engine)
    redis_client.CLIENT.put(app, redis_client.make(settings.redis_url))
    problems.install(app)
    headers.install(app)
    limits.install(app, settings.limits_storage_url)
    tasks.SENDER.put(app, TaskSender(settings.celery_broker_url).send)
    subscribers.SUBSCRIBERS.put(app, subscribers.Subscribers())
    health.install(app, readiness.checks())
    hooks = unit_of_work.HOOKS.put(app, unit_of_work.Hooks())
    hooks.after_commit.append(nudge_relay)
    return hooks


def nudge_relay(work: unit_of_work.Work) -> None:
    """Ask the worker to look at the outbox when somebody waits for one of these events."""
    waiting = subscribers.current_subscribers()
    if any(waiting.of(type(event)) for event in work.events):
        tasks.send("sidestage.relay_outbox")


def _install_platforms(app: Flask, settings: Settings) -> None:
    adapters = registry.REGISTRY.put(app, Registry(settings))
    adapters.register("generic", generic.GenericAdapter)
    adapters.register(livekit.KIND, livekit.LiveKitAdapter)
    adapters.register("fake", fake.FakeAdapter)
    ports.PORTS.put(app, ports.Ports(platforms=adapters, follows=FollowGraph(), questions=Ownership()))
    auth.RESOLVER.put(app, access.actor_of)
    app.register_blueprint(platform_routes.hooks)
    app.register_blueprint(demo_routes.blueprint)


def _install_features(app: Flask, hooks: unit_of_work.Hooks) -> Api:
    api = api_blueprint.install(app)
    kinds.KINDS.put(app, conversation_kinds())
    routing.ROUTING.put(app, routing.Acquainted())
    hooks.before_commit.append(Reactions(feature.reactions for feature in FEATURES).run)
    heard = subscribers.SUBSCRIBERS.of(app)
    api.register_blueprint(bootstrap_routes.blueprint)
    for feature in FEATURES:
        for blueprint in feature.blueprints:
            api.register_blueprint(blueprint)
        for event, subscriber in feature.subscriptions.items():
            heard.add(event, subscriber)
    return api


def _install_realtime(app: Flask, api: Api, hooks: unit_of_work.Hooks, settings: Settings) -> None:
    origins = own_origins(settings)
    policies = {prefix: policy for feature in FEATURES for prefix, policy in feature.channel_policies.items()}
    floor.install(
        app,
        api,
        hooks,
        runtime.Settings(
            secret_key=settings.secret_key,
            redis_url=settings.redis_url,
            session_of_token=tokens.panel_session_id_of,
            actor_of_session=access.actor_of_panel_session,
            allowed_origins=lambda _panel_session_id: origins,
            policies=policies,
        ),
        [feature.pushes for feature in FEATURES],
    )


def own_origins(settings: Settings) -> Collection[str]:
    """Return the origins our own pages have: the panel is a frame of ours, whatever page it stands in."""
    origin = settings.public_origin
    if not settings.is_loopback:
        return {origin}
    return {origin, *(f"http://{name}:{settings.port}" for name in ("127.0.0.1", "localhost", "[::1]"))}


class Sidestage:
    """Attaches Sidestage to a host's own Flask app, under a prefix; the host's app itself stays untouched.

    ``settings`` default to the environment's. ``public_url`` in them is the address of the prefix as browsers see it.
    ``action_base_url`` is where the worker reaches this process, when that is not ``public_url``.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        prefix: str = "/sidestage",
        settings: Settings | None = None,
        action_base_url: str = "",
    ) -> None:
        if not prefix.startswith("/") or prefix.endswith("/"):
            raise ValueError(f"The prefix starts with a slash and does not end with one; {prefix!r} does not fit.")
        self.prefix = prefix
        self.inner = create_app(settings)
        settings = self.inner.config["SIDESTAGE_SETTINGS"]
        self.bridge = platform_host.BRIDGE.put(self.inner, HostBridge(self.inner, settings, action_base_url))
        self.inner.register_blueprint(host_routes.blueprint)
        self.events = self.bridge.events
        self.action = self.bridge.action
        self.panel_token = self.bridge.panel_token
        if app is not None:
            self.init_app(app)

    @property
    def install_id(self) -> str:
        """The id that the host's page gives to the panel."""
        return self.bridge.install_id

    def init_app(self, app: Flask) -> None:
        """Serve Sidestage below the prefix of this app; every other address is the host's as before."""
        wrapped = DispatcherMiddleware(app.wsgi_app, {self.prefix: self.inner.wsgi_app})
        app.wsgi_app = wrapped  # type: ignore[method-assign]  # the way Flask documents for middleware
        self.bridge.attach(app)
