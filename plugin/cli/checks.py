"""What `doctor` looks at: each check says what it saw, and how to mend it where that is not right."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from plugin import manifest
from plugin.config import Settings
from plugin.core import migrations
from plugin.core.clock import now
from plugin.core.database import db, session
from plugin.core.errors import NotFoundError
from plugin.core.redis_client import client
from plugin.platforms import installs
from plugin.platforms.adapter import Adapter
from plugin.platforms.encryption import WrongKeyError
from plugin.platforms.fake import gate
from plugin.platforms.models import Install, InstallStatus
from plugin.platforms.registry import current_registry
from plugin.rooms.ports import ActionError

HEARTBEAT_KEY = "sidestage:heartbeat:"
#: Beat makes the worker show itself every second; half a minute of silence is not a hiccup.
SILENT_AFTER = timedelta(seconds=30)
MAX_SKEW = timedelta(seconds=30)


class Verdict(StrEnum):
    """How a check came out; only a problem makes `doctor` fail."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line of `doctor`; ``fix`` says what to do about it."""

    verdict: Verdict
    what: str
    fix: str = ""


Check = Callable[[Settings], Iterator[Finding]]


def ok(what: str) -> Finding:
    """It is as it should be."""
    return Finding(Verdict.OK, what)


def note(what: str, fix: str = "") -> Finding:
    """Worth knowing, and nothing is broken."""
    return Finding(Verdict.NOTE, what, fix)


def problem(what: str, fix: str) -> Finding:
    """It is broken, and this mends it."""
    return Finding(Verdict.PROBLEM, what, fix)


def check_manifest(settings: Settings) -> Iterator[Finding]:
    """The manifest is ours to change, and says what it should."""
    path = manifest.path_of("plugin.json")
    try:
        found = manifest.load(path)
    except manifest.ManifestError as error:
        yield problem(str(error), "Put the plugin.json of this version back.")
        return
    if path.stat().st_mode & stat.S_IWOTH:
        yield problem(f"{path} can be changed by everybody on this machine.", f"chmod o-w {path}")
        return
    yield ok(f"Sidestage {found.version}, manifest {found.digest[:16]}")


def check_database(settings: Settings) -> Iterator[Finding]:
    """The database answers and has the shape that this version needs."""
    address = db.engine.url.render_as_string(hide_password=True)
    try:
        current, newest = migrations.current(db.engine), migrations.newest()
    except SQLAlchemyError as error:
        yield problem(
            f"The database {address} cannot be used ({type(error).__name__}).", "Start it, or mend DATABASE_URL."
        )
        return
    if current != newest:
        yield problem(
            f"The database is at revision {current or 'none'}, {newest} is needed.", "Run: python -m plugin migrate"
        )
        return
    yield ok(f"Database {db.engine.dialect.name}, at revision {current}")


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Redis answers."""
    try:
        client().ping()
    except redis.RedisError as error:
        yield problem(
            f"Redis does not answer ({type(error).__name__}).",
            "Start it or mend REDIS_URL. The embedded one runs only while `python -m plugin run` does.",
        )
        return
    yield ok("Redis answers")


def check_processes(settings: Settings) -> Iterator[Finding]:
    """Worker and beat have shown themselves lately."""
    for part, does in (("worker", "nothing is handed on and nobody gets on stage"), ("beat", "timers stand still")):
        try:
            seen = _heartbeat(part)
        except redis.RedisError:
            return  # `check_redis` has said so
        if seen is None or now() - seen > SILENT_AFTER:
            yield problem(
                f"No sign of life from the {part}: {does}.",
                f"Start it: python -m plugin run starts all, or celery -A workers.celery_app {part}",
            )
        else:
            yield ok(f"The {part} works, seen {_ago(seen)}")


def _heartbeat(part: str) -> datetime | None:
    value = client().get(HEARTBEAT_KEY + part)
    return datetime.fromisoformat(value.decode()) if isinstance(value, bytes) else None


def check_address(settings: Settings) -> Iterator[Finding]:
    """People and audio servers can reach us, and nobody listens in."""
    parts = urlsplit(settings.public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield problem(
            f"SIDESTAGE_PUBLIC_URL is {settings.public_url!r}, which is no address.",
            "Set it to what browsers use, such as https://questions.example.",
        )
    elif parts.scheme == "http" and parts.hostname not in gate.LOOPBACK_HOSTS:
        yield problem(
            f"{settings.public_url} is not encrypted: tokens and questions travel in the open.",
            "Put a proxy with TLS in front and set SIDESTAGE_PUBLIC_URL to its https address.",
        )
    else:
        yield ok(f"Public address {settings.public_url}")
    if settings.is_demo and (why_not := gate.why_not(settings)):
        yield note(f"The demo room is off: {why_not}")


def check_clock(settings: Settings) -> Iterator[Finding]:
    """Our clock and the database server's agree."""
    if db.engine.dialect.name == "sqlite":
        return  # the same clock
    try:
        theirs = session().execute(text("SELECT now()")).scalar_one()
    except SQLAlchemyError:
        return  # `check_database` has said so
    yield _clock("The database server's clock", theirs)


def check_installs(settings: Settings) -> Iterator[Finding]:
    """Every attached audio server has spoken and obeyed, and nobody speaks in its name."""
    try:
        found: Sequence[Install] = installs.every()
    except SQLAlchemyError:
        return
    except WrongKeyError as error:
        yield problem(str(error), "Signatures cannot be checked until then.")
        return
    if not found:
        yield note("No audio server is attached.", "Run: python -m plugin install livekit")
    for install in found:
        yield from _install(install)


def _install(install: Install) -> Iterator[Finding]:
    name = f"{install.kind} {install.id} ({install.host_id})"
    try:
        adapter = current_registry().adapter(install)
    except NotFoundError as error:
        yield note(f"{name}: {error.message}")
        return
    if install.status == InstallStatus.PENDING:
        missing = "event" if install.last_event_at is None else "action"
        yield problem(f"{name} is pending: no {missing} was seen yet.", _fix_of_pending(install))
    else:
        yield ok(f"{name} is {install.status}; last event {_ago(install.last_event_at)}")
    refused = install.last_bad_signature_at
    if refused is not None and now() - refused < timedelta(days=1):
        yield note(
            f"{name}: a webhook with a bad signature came {_ago(refused)}.",
            "If it was your own server, its secret or clock is wrong. If not, nothing of it was read.",
        )
    yield from _probed(adapter, name)


def _fix_of_pending(install: Install) -> str:
    registry = current_registry()
    if install.last_event_at is None:
        return f"Let the server send its events to {registry.hook_url(install)}, then join a room."
    return "Bring somebody on stage, or let the host call the verify address."


def _probed(adapter: Adapter, name: str) -> Iterator[Finding]:
    try:
        adapter.probe()
        theirs = adapter.server_time()
    except ActionError as error:
        yield problem(f"{name} does not do what we ask: {error.message}", "Check that it runs and its credentials.")
        return
    if theirs is not None:
        yield _clock(f"{name}: its clock", theirs)


def _clock(whose: str, theirs: datetime) -> Finding:
    skew = round((theirs - now()).total_seconds())
    if abs(skew) < MAX_SKEW.total_seconds():
        return ok(f"{whose} agrees with ours")
    side = "ahead of" if skew > 0 else "behind"
    return problem(f"{whose} is {abs(skew)} s {side} ours.", "Set both by NTP: tokens and signatures depend on it.")


def _ago(moment: datetime | None) -> str:
    if moment is None:
        return "never"
    seconds = max(0, round((now() - moment).total_seconds()))
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {word} ago"
    return f"{seconds} s ago"


CHECKS: tuple[Check, ...] = (
    check_manifest,
    check_database,
    check_redis,
    check_processes,
    check_address,
    check_clock,
    check_installs,
)
