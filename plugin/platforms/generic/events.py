"""The normalised event of a signed webhook, read into our words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.text import clean_line
from plugin.platforms.adapter import MalformedEventError
from plugin.platforms.signature import TOLERANCE_SECONDS
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant

_KINDS = {
    "room.started": PlatformEventKind.ROOM_STARTED,
    "room.ended": PlatformEventKind.ROOM_ENDED,
    "participant.joined": PlatformEventKind.PARTICIPANT_JOINED,
    "participant.left": PlatformEventKind.PARTICIPANT_LEFT,
    "participant.role": PlatformEventKind.ROLE_CHANGED,
}
#: Two-sided events: the participant's flag says which of the two it is.
_SWITCHES = {
    "participant.muted": ("is_muted", PlatformEventKind.MIC_OFF, PlatformEventKind.MIC_ON),
    "participant.hand": ("is_raised", PlatformEventKind.HAND_RAISED, PlatformEventKind.HAND_LOWERED),
}
EVENT_TYPES = frozenset({*_KINDS, *_SWITCHES})


def parse(message_id: str, raw: bytes, *, source: str = "webhook") -> Sequence[PlatformEvent]:
    """Return the event of a verified body; a type we do not know yields nothing: hosts may send more than we read."""
    body = _object(_json(raw), "the body")
    event_type = _text(body, "type", 60)
    if event_type not in EVENT_TYPES:
        return ()
    participant = _participant(body) if event_type.startswith("participant.") else None
    return (
        PlatformEvent(
            kind=_kind(event_type, body),
            event_id=message_id,
            room=_text(body, "room", 255),
            occurred_at=_instant(body.get("occurred_at")),
            participant=participant,
            room_title=clean_line(_text(body, "room_title", 200)) if body.get("room_title") else None,
            source=source,
        ),
    )


def _kind(event_type: str, body: Mapping[str, Any]) -> PlatformEventKind:
    if event_type in _KINDS:
        return _KINDS[event_type]
    flag, when_true, when_false = _SWITCHES[event_type]
    value = _flag(body["participant"], flag)
    if value is None:
        raise MalformedEventError(f"participant.{flag}: {event_type} needs true or false here.")
    return when_true if value else when_false


def _participant(body: Mapping[str, Any]) -> PlatformParticipant:
    person = _object(body.get("participant"), "participant")
    muted = _flag(person, "is_muted")
    return PlatformParticipant(
        platform_user_id=_text(person, "id", 255),
        name=clean_line(_text(person, "name", 300))[:120] if person.get("name") else "",
        role=_role(person.get("role")),
        can_speak=_flag(person, "can_speak"),
        is_audible=None if muted is None else not muted,
    )


def read_participant(person: object) -> PlatformParticipant:
    """Read one entry of the host's participant list."""
    return _participant({"participant": person})


def _json(raw: bytes) -> object:
    try:
        found: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError("The body is not JSON.") from error
    return found


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise MalformedEventError(f"{where}: an object is needed here.")
    return value


def _text(members: Mapping[str, Any], name: str, max_length: int) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value or len(value) > max_length:
        raise MalformedEventError(f"{name}: a text of 1 to {max_length} characters is needed here.")
    return value


def _flag(members: Mapping[str, Any], name: str) -> bool | None:
    value = members.get(name)
    if value is not None and not isinstance(value, bool):
        raise MalformedEventError(f"{name}: true or false, please.")
    return value


def _role(value: object) -> Role | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in {role.value for role in Role}:
        raise MalformedEventError("role: one of " + ", ".join(role.value for role in Role) + ".")
    return Role(value)


def _instant(value: object) -> datetime:
    """Unix seconds or RFC 3339 with a zone; a host that gives none means now."""
    if value is None:
        return now()
    try:
        found = _aware(value)
    except (ValueError, OverflowError, OSError) as error:
        raise MalformedEventError("occurred_at: seconds since 1970, or a time like 2026-05-12T17:04:05Z.") from error
    if found > now() + timedelta(seconds=TOLERANCE_SECONDS):
        raise MalformedEventError("occurred_at: this lies in the future; check the clock of your server.")
    return found


def _aware(value: object) -> datetime:
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError("no time zone")
        return found.astimezone(UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    raise ValueError("neither a number nor a text")
