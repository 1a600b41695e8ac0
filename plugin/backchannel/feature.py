"""What the backchannel plugs into the house."""

from __future__ import annotations

from plugin.backchannel.bootstrap import bootstrap
from plugin.backchannel.kind import NAME, BackchannelKind
from plugin.backchannel.reactions import REACTIONS
from plugin.backchannel.routes import blueprint
from plugin.feature import Feature

feature = Feature(
    name="backchannel",
    blueprints=(blueprint,),
    reactions=REACTIONS,
    conversation_kinds={NAME: BackchannelKind()},
    bootstrap=bootstrap,
)
