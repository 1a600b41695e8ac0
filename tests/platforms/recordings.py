"""What real servers sent, kept byte for byte under `payloads/<kind>/`, and what we make of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from plugin.core.clock import isoformat
from plugin.rooms.ports import PlatformEvent

FOLDER = Path(__file__).parent / "payloads"


@dataclass(frozen=True)
class Recorded:
    """One request of a real server; ``expected`` is what it means, in the words of `told`."""

    name: str
    at: datetime
    headers: Mapping[str, str]
    raw: bytes
    expected: Sequence[Mapping[str, Any]]


def load(kind: str) -> list[Recorded]:
    """Return the recorded requests of one adapter in the order in which they came."""
    return [_recorded(path) for path in sorted((FOLDER / kind).glob("*.json"))]


def _recorded(path: Path) -> Recorded:
    kept = json.loads(path.read_text("utf-8"))
    at = datetime.fromisoformat(kept["at"])
    return Recorded(path.stem, at, kept["headers"], kept["body"].encode(), kept["expected"])


def save(kind: str, recorded: Recorded) -> None:
    """Write one request into the folder of its adapter."""
    folder = FOLDER / kind
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        "at": recorded.at.isoformat(),
        "headers": recorded.headers,
        "body": recorded.raw.decode(),
        "expected": recorded.expected,
    }
    (folder / f"{recorded.name}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


def told(events: Sequence[PlatformEvent]) -> list[dict[str, Any]]:
    """Return events as plain values, to be compared with what was recorded."""
    return [_told(event) for event in events]


def _told(event: PlatformEvent) -> dict[str, Any]:
    person = event.participant
    said = {
        "kind": event.kind.value,
        "event_id": event.event_id,
        "room": event.room,
        "occurred_at": isoformat(event.occurred_at),
        "source": event.source,
    }
    if person is None:
        return said
    rights = {"role": person.role, "can_speak": person.can_speak, "is_audible": person.is_audible}
    return {**said, "participant": {"id": person.platform_user_id, "name": person.name, **rights}}
