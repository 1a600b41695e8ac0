"""What chats plug into the house."""

from __future__ import annotations

from plugin.chats.bootstrap import bootstrap
from plugin.chats.kinds import KINDS
from plugin.chats.pushes import PUSHES
from plugin.chats.routes import blueprint
from plugin.feature import Feature

feature = Feature(
    name="chats",
    blueprints=(blueprint,),
    pushes=PUSHES,
    bootstrap=bootstrap,
    conversation_kinds=KINDS,
)
