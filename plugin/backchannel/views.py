"""What the backchannel looks like from outside."""

from __future__ import annotations

from typing import Any

from plugin.backchannel.models import Backchannel


def settings_view(backchannel: Backchannel) -> dict[str, Any]:
    """Show how it works."""
    return {
        "conversation_id": backchannel.conversation_id,
        "shows_history": backchannel.shows_history,
        "version": backchannel.version,
    }
