"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant as an aware UTC datetime."""
    return datetime.now(UTC)


def isoformat(instant: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC with milliseconds (``2026-05-12T17:04:05.120Z``), or None for none."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
