"""LiveKit's webhooks: verified on the raw body before anything is parsed, then said in our words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.platforms.adapter import BadSignatureError, MalformedEventError
from plugin.platforms.livekit import jwt_text, people
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant

CONTENT_TYPE = "application/webhook+json"

#: The events worth sending; the snippet for livekit.yaml asks for exactly these.
EVENTS = (
    "room_started",
    "room_finished",
    "participant_joined",
    "participant_left",
    "track_published",
    "track_unpublished",
)

#: LiveKit says *left* of the old connection although the person stands in the room by a newer one.
_STILL_HERE = frozenset({"DUPLICATE_IDENTITY", "MIGRATION"})

_TICK = timedelta(milliseconds=1)


def verify(headers: Mapping[str, str], raw: bytes, keys: Mapping[str, str]) -> None:
    """Raise `BadSignatureError` unless one of our keys signed exactly these bytes. Nothing of the body is read."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadSignatureError("content_type")
    try:
        claims = jwt_text.read(headers.get("authorization", ""), keys)
    except jwt_text.RefusedTokenError as error:
        raise BadSignatureError(error.reason) from error
    said = claims.get("sha256")
    if not isinstance(said, str):
        raise BadSignatureError("no_hash")
    seen = base64.b64encode(hashlib.sha256(raw).digest())
    if not hmac.compare_digest(said.encode(), seen):
        raise BadSignatureError("hash_mismatch")


def parse(raw: bytes, room_prefix: str = "") -> list[PlatformEvent]:
    """Return the events of a verified body: one, or none when it is not about people in a room of ours."""
    try:
        body = json.loads(raw)
        translate = _TRANSLATIONS.get(body["event"])
        if translate is None or not str(body["room"]["name"]).startswith(room_prefix):
            return []
        event = translate(body)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise MalformedEventError("This is not a LiveKit webhook as version 1.13 sends it.") from error
    return [event] if event else []


def _room_started(body: Mapping[str, Any]) -> PlatformEvent:
    return _event(PlatformEventKind.ROOM_STARTED, body, _room_instant(body))


def _room_finished(body: Mapping[str, Any]) -> PlatformEvent:
    return _event(PlatformEventKind.ROOM_ENDED, body, max(_sent_at(body), _room_instant(body) + _TICK))


def _joined(body: Mapping[str, Any]) -> PlatformEvent | None:
    return _about_person(PlatformEventKind.PARTICIPANT_JOINED, body, _joined_at(body))


def _left(body: Mapping[str, Any]) -> PlatformEvent | None:
    if body["participant"].get("disconnectReason") in _STILL_HERE:
        return None
    # `createdAt` counts whole seconds. Leaving is put after one's own joining, and at the start of its second, so that
    # coming back within the same second is newer.
    left_at = max(_sent_at(body), _joined_at(body) + _TICK)
    return _about_person(PlatformEventKind.PARTICIPANT_LEFT, body, left_at)


def _published(body: Mapping[str, Any]) -> PlatformEvent | None:
    if not people.is_microphone(body["track"]) or body["track"].get("muted"):
        return None
    return _event(PlatformEventKind.MIC_ON, body, _published_at(body), _speaker(body, is_audible=True))


def _unpublished(body: Mapping[str, Any]) -> PlatformEvent | None:
    if not people.is_microphone(body["track"]):
        return None
    closed_at = max(_sent_at(body), _published_at(body) + _TICK)
    return _event(PlatformEventKind.MIC_OFF, body, closed_at, _speaker(body, is_audible=False))


_TRANSLATIONS: Mapping[str, Callable[[Mapping[str, Any]], PlatformEvent | None]] = {
    "room_started": _room_started,
    "room_finished": _room_finished,
    "participant_joined": _joined,
    "participant_left": _left,
    "track_published": _published,
    "track_unpublished": _unpublished,
}


def _about_person(kind: PlatformEventKind, body: Mapping[str, Any], at: datetime) -> PlatformEvent | None:
    if not people.is_person(body["participant"]):
        return None
    return _event(kind, body, at, people.from_webhook(body["participant"]))


def _event(
    kind: PlatformEventKind, body: Mapping[str, Any], at: datetime, participant: PlatformParticipant | None = None
) -> PlatformEvent:
    return PlatformEvent(
        kind=kind, event_id=str(body["id"]), room=str(body["room"]["name"]), occurred_at=at, participant=participant
    )


def _speaker(body: Mapping[str, Any], *, is_audible: bool) -> PlatformParticipant:
    # In events about tracks LiveKit names the person by sid and identity only.
    return PlatformParticipant(str(body["participant"]["identity"]), is_audible=is_audible)


def _sent_at(body: Mapping[str, Any]) -> datetime:
    return _instant(int(body["createdAt"]) * 1_000_000)


def _joined_at(body: Mapping[str, Any]) -> datetime:
    return _precise(body["participant"], "joinedAtMs", "joinedAt") or _sent_at(body)


def _room_instant(body: Mapping[str, Any]) -> datetime:
    return _precise(body["room"], "creationTimeMs", "creationTime") or _sent_at(body)


def _precise(thing: Mapping[str, Any], milliseconds: str, seconds: str) -> datetime | None:
    micros = int(thing.get(milliseconds) or 0) * 1000 or int(thing.get(seconds) or 0) * 1_000_000
    return _instant(micros) if micros else None


def _published_at(body: Mapping[str, Any]) -> datetime:
    micros = int(body["track"].get("version", {}).get("unixMicro") or 0)
    return _instant(micros) if micros else _sent_at(body)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
