"""The table of contents of the product: one line per feature, floors first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.accounts import pushes as account_pushes
from plugin.accounts import routes as account_routes
from plugin.backchannel.feature import feature as backchannel
from plugin.chats.feature import feature as chats
from plugin.core.actor import Actor
from plugin.feature import Feature
from plugin.messaging import bootstrap as messaging_bootstrap
from plugin.messaging import channel_policy as messaging_channels
from plugin.messaging import pushes as messaging_pushes
from plugin.messaging import routes as messaging_routes
from plugin.messaging import subscriptions as messaging_subscriptions
from plugin.messaging import sweeps as messaging_sweeps
from plugin.messaging.kinds import ConversationKind
from plugin.platforms import routes as platform_routes
from plugin.qa.feature import feature as qa
from plugin.realtime import channel_log
from plugin.rooms import bootstrap as rooms_bootstrap
from plugin.rooms import channel_policy, door_routes, pushes, subscriptions, sweeps
from plugin.rooms import routes as rooms_routes

accounts = Feature(name="accounts", blueprints=(account_routes.blueprint,), pushes=account_pushes.PUSHES)

platforms = Feature(name="platforms", blueprints=(platform_routes.blueprint,))

rooms = Feature(
    name="rooms",
    blueprints=(door_routes.blueprint, rooms_routes.blueprint),
    pushes=pushes.PUSHES,
    subscriptions=subscriptions.SUBSCRIPTIONS,
    channel_policies=channel_policy.POLICIES,
    channels=rooms_bootstrap.channels,
    bootstrap=rooms_bootstrap.rooms_part,
    sweeps=sweeps.SWEEPS,
)

messaging = Feature(
    name="messaging",
    blueprints=(messaging_routes.blueprint,),
    pushes=messaging_pushes.PUSHES,
    subscriptions=messaging_subscriptions.SUBSCRIPTIONS,
    channel_policies=messaging_channels.POLICIES,
    channels=messaging_channels.own_channels,
    bootstrap=messaging_bootstrap.bootstrap,
    sweeps=messaging_sweeps.SWEEPS,
)

FEATURES: tuple[Feature, ...] = (accounts, platforms, rooms, messaging, qa, backchannel, chats)


def conversation_kinds() -> Mapping[str, ConversationKind]:
    """Return who decides about which kind of conversation."""
    return {name: kind for feature in FEATURES for name, kind in feature.conversation_kinds.items()}


def all_sweeps() -> list[Callable[[], int]]:
    """Return what features want to be called for every 15 seconds."""
    return [sweep for feature in FEATURES for sweep in feature.sweeps]


def bootstrap(actor: Actor) -> Mapping[str, Any]:
    """Return everything a panel needs to draw its first picture, and the channels that keep it true.

    How far the channels are is read before the data: a change that comes between is told again, never missed.
    """
    names = [name for feature in FEATURES if feature.channels for name in feature.channels(actor)]
    latest = channel_log.latest(names)
    answer: dict[str, Any] = {"channels": [{"name": name, "seq": latest[name]} for name in names]}
    for feature in FEATURES:
        if feature.bootstrap:
            answer.update(feature.bootstrap(actor))
    return answer
