"""How this session works, as its hosts have set it."""

from __future__ import annotations

from plugin.core.actor import Actor
from plugin.core.errors import ConflictError
from plugin.outbox.recorder import record
from plugin.rooms import policy, queries
from plugin.rooms.domain_events import SettingsChanged
from plugin.rooms.models import RoomSession
from plugin.rooms.ports import current_ports
from plugin.rooms.states import HandsPolicy


def change(actor: Actor, *, hands: str | None = None, invite_seconds: int | None = None) -> RoomSession:
    """Change who may raise a hand, or how long an invitation waits; hands that are up stay up."""
    policy.ensure_hosting(actor)
    session = queries.session_for_update(actor.session_id)
    if hands == HandsPolicy.FOLLOWED and not current_ports().follows.is_available():
        raise ConflictError("People cannot follow each other here yet.", code="follows_unavailable")
    session.hands_policy = hands or session.hands_policy
    session.invite_seconds = invite_seconds or session.invite_seconds
    session.version += 1
    record(SettingsChanged(session_id=session.id))
    return session
