"""What the install wizard asks a LiveKit server before it believes it: reachable, ours, and on time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from plugin.core import clock
from plugin.platforms.livekit import jwt_text
from plugin.platforms.livekit.server_api import Deadline, KeyRefusedError, ServerApi, http_address
from plugin.rooms.ports import ActionError

MIN_SECRET_CHARS = 32
NOTICEABLE_SKEW_SECONDS = 5


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    HINT = "hint"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing the wizard shows: ``code`` is stable, ``message`` says what is and how to mend it."""

    level: Level
    code: str
    message: str


def probe(url: str, key: str, secret: str) -> list[Finding]:
    """Return what stands between us and this server, in the order in which an admin would mend it."""
    try:
        api = ServerApi(url, key, secret)
    except ValueError as error:
        return [Finding(Level.PROBLEM, "bad_address", str(error))]
    findings = [*_transport(url), *_secret(secret)]
    try:
        server_time = api.time()
    except ActionError:
        return [*findings, Finding(Level.PROBLEM, "unreachable", f"Nothing answers at {http_address(url)}.")]
    findings += _clock(server_time)
    return [*findings, _key(api), *_hints()]


def _transport(url: str) -> list[Finding]:
    parts = urlsplit(http_address(url))
    if parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost", "::1"}:
        return []
    message = "The address is not encrypted: use wss:// unless Sidestage and LiveKit share a private network."
    return [Finding(Level.WARNING, "not_encrypted", message)]


def _secret(secret: str) -> list[Finding]:
    if len(secret) >= MIN_SECRET_CHARS:
        return []
    message = f"The API secret has fewer than {MIN_SECRET_CHARS} characters and could be guessed. Make a longer one."
    return [Finding(Level.WARNING, "short_secret", message)]


def _clock(server_time: datetime | None) -> list[Finding]:
    if server_time is None:
        return [Finding(Level.HINT, "no_clock", "The server does not say what time it has; check both clocks.")]
    skew = round((server_time - clock.now()).total_seconds())
    if abs(skew) <= NOTICEABLE_SKEW_SECONDS:
        return [Finding(Level.OK, "clock", "Both clocks agree.")]
    words = f"LiveKit's clock is {abs(skew)} s {'ahead of' if skew > 0 else 'behind'} this machine's."
    level = Level.PROBLEM if abs(skew) > jwt_text.LEEWAY_SECONDS else Level.WARNING
    return [Finding(level, "clock_skew", f"{words} Set both by NTP; beyond {jwt_text.LEEWAY_SECONDS} s tokens fail.")]


def _key(api: ServerApi) -> Finding:
    try:
        rooms = api.rooms(Deadline())
    except KeyRefusedError:
        message = "LiveKit refuses the key. Compare key and secret with `keys:` in livekit.yaml."
        return Finding(Level.PROBLEM, "key_refused", message)
    except ActionError as error:
        return Finding(Level.PROBLEM, "api_failed", error.message)
    return Finding(Level.OK, "key", f"The key is right; {len(rooms)} rooms are open.")


def _hints() -> list[Finding]:
    message = (
        "Hosts can mute people, and people unmute themselves. If hosts should be able to unmute from other tools too, "
        "set `room: {enable_remote_unmute: true}` in livekit.yaml; Sidestage does not need it."
    )
    return [Finding(Level.HINT, "remote_unmute", message)]
