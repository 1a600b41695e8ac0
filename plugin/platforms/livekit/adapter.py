"""The LiveKit adapter: one LiveKit server as rooms see it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from plugin.platforms.adapter import BadTokenError, Connection
from plugin.platforms.livekit import people, snippet, tokens, webhooks
from plugin.platforms.livekit.server_api import Deadline, NotThereError, ServerApi
from plugin.rooms.ports import ActionError, ActionResult, Capability, Identity, PlatformEvent, PlatformParticipant

KIND = "livekit"
NOTICE_TOPIC = "sidestage"

#: LiveKit tells nothing about raised hands, and closing its rooms is not ours to do.
CAPABILITIES = frozenset(
    {
        Capability.LIST_PARTICIPANTS,
        Capability.PROMOTE,
        Capability.DEMOTE,
        Capability.MUTE,
        Capability.REMOVE,
        Capability.NOTICE,
        Capability.CREATE_ROOM,
        Capability.JOIN_EVENTS,
        Capability.TRACK_EVENTS,
    }
)


class LiveKitAdapter:
    """Stands on the install's ``url``, ``key`` and ``secret``.

    Two more settings are optional: ``older_keys`` (API key → secret) are still believed while keys rotate, and
    ``room_prefix`` leaves every other room of a shared server alone.
    """

    kind = KIND

    def __init__(self, connection: Connection) -> None:
        config = connection.config
        self._granted = connection.granted
        self._key = str(config["key"])
        self._keys = {**config.get("older_keys", {}), self._key: str(config["secret"])}
        self._room_prefix = str(config.get("room_prefix") or "")
        self._api = ServerApi(str(config["url"]), self._key, str(config["secret"]))

    def capabilities(self) -> frozenset[Capability]:
        """What LiveKit can do and this install was granted."""
        return CAPABILITIES & self._granted

    def verify_identity(self, token: str, room: str) -> Identity:
        """Read the LiveKit token that the page joined with."""
        if not room.startswith(self._room_prefix):
            raise BadTokenError()
        return tokens.identity(token, self._keys, room)

    def parse_events(self, headers: Mapping[str, str], raw: bytes) -> Sequence[PlatformEvent]:
        """Verify, then translate."""
        webhooks.verify(headers, raw, self._keys)
        return webhooks.parse(raw, self._room_prefix)

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        """Everybody whose connection stands; recorders and agents are nobody."""
        found = self._api.participants(room, Deadline())
        return [people.from_api(info) for info in found if people.is_person(info) and people.is_active(info)]

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        """Let the microphone be published; the person opens it in their own client."""
        self._ensure_can(Capability.PROMOTE)
        return self._permit(room, platform_user_id, can_speak=True)

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        """Take the right to publish back; LiveKit closes what they publish. Who has gone holds no right."""
        self._ensure_can(Capability.DEMOTE)
        try:
            return self._permit(room, platform_user_id, can_speak=False)
        except NotThereError:
            return _silent(platform_user_id)

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        """Mute every microphone track of the person."""
        self._ensure_can(Capability.MUTE)
        deadline = Deadline()
        try:
            info = self._api.participant(room, platform_user_id, deadline)
            for track in people.microphones(info):
                self._api.mute_track(room, platform_user_id, str(track["sid"]), deadline)
        except NotThereError:
            return _silent(platform_user_id)
        return ActionResult(True, PlatformParticipant(platform_user_id, is_audible=False))

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        """Close the person's connection; who has gone already is removed too."""
        self._ensure_can(Capability.REMOVE)
        try:
            self._api.remove(room, platform_user_id, Deadline())
        except NotThereError:
            pass
        return ActionResult(True)

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        """Send ``{"type": "notice", "text": …}`` as a data message of our topic, for the page to show."""
        self._ensure_can(Capability.NOTICE)
        data = base64.b64encode(json.dumps({"type": "notice", "text": text}).encode()).decode()
        self._api.send_data(room, data, NOTICE_TOPIC, [platform_user_id] if platform_user_id else [], Deadline())
        return ActionResult(False)

    def create_room(self, room: str, title: str) -> ActionResult:
        """Make the room. LiveKit knows names only: the title stays with us, and metadata with whoever owns it."""
        self._ensure_can(Capability.CREATE_ROOM)
        self._api.create_room(room, Deadline())
        return ActionResult(True)

    def probe(self) -> frozenset[Capability]:
        """Ask with our key for something harmless; LiveKit has no finer rights than the key itself."""
        self._api.rooms(Deadline())
        return CAPABILITIES

    def server_time(self) -> datetime | None:
        """The server's clock, to the second."""
        return self._api.time()

    def admin_snippet(self, hook_url: str) -> str:
        """The lines of livekit.yaml that send us its events."""
        return snippet.livekit_yaml(self._key, hook_url)

    def _permit(self, room: str, platform_user_id: str, *, can_speak: bool) -> ActionResult:
        deadline = Deadline()
        info = self._api.participant(room, platform_user_id, deadline)
        permission = permission_to_speak(info["permission"]) if can_speak else permission_to_listen(info["permission"])
        answer = people.from_api(self._api.update_permission(room, platform_user_id, permission, deadline))
        return ActionResult(answer.can_speak is can_speak, answer)

    def _ensure_can(self, capability: Capability) -> None:
        if capability not in self.capabilities():
            raise ActionError("This install does not let Sidestage do that on LiveKit.", is_final=True)


def permission_to_speak(permission: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole permission with the microphone added and nothing else: no camera, no screen.

    LiveKit reads an empty list of sources as *all of them*, so a listener's empty list becomes the microphone alone.
    """
    sources = list(permission.get("can_publish_sources") or [])
    if permission.get("can_publish") and not sources:
        return dict(permission)
    if people.MICROPHONE not in sources:
        sources = [*(sources if permission.get("can_publish") else []), people.MICROPHONE]
    return {**permission, "can_publish": True, "can_publish_sources": sources}


def permission_to_listen(permission: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole permission without the right to publish; LiveKit closes what was published."""
    return {**permission, "can_publish": False}


def _silent(platform_user_id: str) -> ActionResult:
    return ActionResult(True, PlatformParticipant(platform_user_id, can_speak=False, is_audible=False))
