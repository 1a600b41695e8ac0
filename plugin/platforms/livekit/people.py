"""A participant as LiveKit writes them, in webhooks (camelCase) and in API answers (snake_case), in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.rooms.ports import PlatformParticipant

MICROPHONE = "MICROPHONE"

#: LiveKit's enums leave their first value out in webhooks: no kind is a standard participant, no type is audio.
_PEOPLE = frozenset({"STANDARD", "SIP"})
_IN_ROOM = frozenset({"ACTIVE"})


def is_person(info: Mapping[str, Any]) -> bool:
    """Whether this is somebody in the room, and no recorder, stream or agent."""
    permission = info.get("permission") or {}
    is_hidden = any(permission.get(mark) for mark in ("hidden", "recorder", "agent"))
    return info.get("kind", "STANDARD") in _PEOPLE and not is_hidden and bool(info["identity"])


def is_active(info: Mapping[str, Any]) -> bool:
    """Whether their connection stands; before that LiveKit has not said *joined* either."""
    return info.get("state") in _IN_ROOM


def is_microphone(track: Mapping[str, Any]) -> bool:
    """Whether a track carries a voice: audio, and not the sound of a shared screen."""
    return track.get("type", "AUDIO") == "AUDIO" and track.get("source") != "SCREEN_SHARE_AUDIO"


def from_webhook(info: Mapping[str, Any]) -> PlatformParticipant:
    """Return the person of a webhook; what they publish is told by other events.

    Never a role: attributes and metadata can be written by the person.
    """
    permission = info.get("permission") or {}
    return PlatformParticipant(
        platform_user_id=str(info["identity"]),
        name=str(info.get("name") or ""),
        can_speak=may_speak(permission.get("canPublish"), permission.get("canPublishSources")),
    )


def from_api(info: Mapping[str, Any]) -> PlatformParticipant:
    """Return the person of an API answer, with whether they are heard now."""
    permission = info["permission"]
    return PlatformParticipant(
        platform_user_id=str(info["identity"]),
        name=str(info.get("name") or ""),
        can_speak=may_speak(permission.get("can_publish"), permission.get("can_publish_sources")),
        is_audible=any(not track.get("muted") for track in microphones(info)),
    )


def microphones(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tracks of a person that carry a voice."""
    return [track for track in info.get("tracks") or [] if is_microphone(track)]


def may_speak(can_publish: object, sources: object) -> bool:
    """Whether a permission lets a microphone be published; no sources means every source."""
    return bool(can_publish) and (not sources or (isinstance(sources, list) and MICROPHONE in sources))
