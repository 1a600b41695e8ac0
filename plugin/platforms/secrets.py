"""The three secrets of an install: made, handed out once, and changed one at a time with two valid meanwhile."""

from __future__ import annotations

import base64
import secrets as random_source
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from plugin.core.clock import isoformat, now
from plugin.platforms.adapter import SecretKind

#: How long a replaced secret still counts, when the admin does not say otherwise.
OVERLAP = timedelta(hours=24)


def new_secret(kind: SecretKind) -> str:
    """Return 32 random bytes: ``whsec_…`` for the two webhook directions, ``panel_…`` for the panel's tokens."""
    raw = random_source.token_bytes(32)
    if kind is SecretKind.PANEL:
        return "panel_" + base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
    return "whsec_" + base64.b64encode(raw).decode("ascii")


def new_secrets() -> dict[str, Any]:
    """Return a fresh set, as the install stores it."""
    return {kind.value: {"current": new_secret(kind)} for kind in SecretKind}


def rotated(stored: Mapping[str, Any], kind: SecretKind, overlap: timedelta = OVERLAP) -> dict[str, Any]:
    """Return the set with one new secret; the replaced one counts until the overlap is over, an older one no more."""
    entry = {
        "current": new_secret(kind),
        "previous": stored[kind.value]["current"],
        "previous_until": isoformat(now() + overlap),
    }
    return {**stored, kind.value: entry}


def valid_now(stored: Mapping[str, Any]) -> dict[SecretKind, tuple[str, ...]]:
    """Return what counts at this moment, newest first."""
    return {kind: _valid(stored.get(kind.value, {})) for kind in SecretKind}


def _valid(entry: Mapping[str, str]) -> tuple[str, ...]:
    if "current" not in entry:
        return ()
    until = entry.get("previous_until")
    if until and datetime.fromisoformat(until) > now():
        return (entry["current"], entry["previous"])
    return (entry["current"],)
