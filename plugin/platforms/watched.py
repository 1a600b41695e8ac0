"""A platform whose successes are noted on its install: an install that never acted is not active yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.platforms import sightings
from plugin.rooms.ports import ActionResult, Capability, Platform, PlatformParticipant


@dataclass
class WatchedPlatform:
    """Passes every call on and notes that the server answered."""

    install_id: str
    inner: Platform
    kind: str

    def capabilities(self) -> frozenset[Capability]:
        """What the adapter can do."""
        return self.inner.capabilities()

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        """List who is in the room."""
        found = self.inner.participants(room)
        sightings.note_action(self.install_id)
        return found

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        """Let the person be heard."""
        return self._noted(self.inner.promote(room, platform_user_id))

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        """Take the right to be heard back."""
        return self._noted(self.inner.demote(room, platform_user_id))

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        """Close the person's microphone."""
        return self._noted(self.inner.mute(room, platform_user_id))

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        """Put the person out of the room."""
        return self._noted(self.inner.remove(room, platform_user_id))

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        """Show a line in the server's own client."""
        return self._noted(self.inner.notice(room, text, platform_user_id))

    def create_room(self, room: str, title: str) -> ActionResult:
        """Make the room."""
        return self._noted(self.inner.create_room(room, title))

    def _noted(self, result: ActionResult) -> ActionResult:
        sightings.note_action(self.install_id)
        return result
