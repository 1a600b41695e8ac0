"""What Q&A plugs into the house."""

from __future__ import annotations

from plugin.feature import Feature
from plugin.qa.bootstrap import bootstrap
from plugin.qa.channel_policy import POLICIES, own_channels
from plugin.qa.pushes import PUSHES
from plugin.qa.routes import blueprint
from plugin.qa.subscriptions import SUBSCRIPTIONS
from plugin.qa.sweeps import SWEEPS

feature = Feature(
    name="qa",
    blueprints=(blueprint,),
    pushes=PUSHES,
    subscriptions=SUBSCRIPTIONS,
    channel_policies=POLICIES,
    channels=own_channels,
    bootstrap=bootstrap,
    sweeps=SWEEPS,
)
