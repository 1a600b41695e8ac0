"""Where the real servers and the browser are on this machine, if they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

LIVEKIT_VERSION = "1.13.5"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_bin() -> Path | None:
    """The folder that holds PostgreSQL's `initdb` and `postgres`, the newest version first."""
    for pattern in POSTGRES_FOLDERS:
        folders = sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
        for folder in folders:
            if (folder / "initdb").exists():
                return folder
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _version(folder: Path) -> float:
    digits = folder.parent.name.rpartition("@")[2]
    return float(digits) if digits.replace(".", "", 1).isdigit() else 0.0


def redis_program() -> Path | None:
    """Redis, or Valkey where a system has that instead."""
    return _first_of(shutil.which(name) for name in ("redis-server", "valkey-server"))


def chromium_program() -> Path | None:
    """Chromium or Chrome; a CHROMIUM variable names another one."""
    named = os.environ.get("CHROMIUM")
    installed = [shutil.which(name) for name in CHROMIUM_NAMES]
    return _first_of([named, *installed, *(app for app in CHROMIUM_APPS if Path(app).exists())])


def livekit_folder() -> Path:
    """The cache, outside the checkout, that keeps the LiveKit server once it is built."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "sidestage" / f"livekit-{LIVEKIT_VERSION}"


def livekit_program() -> Path | None:
    """The LiveKit server, when it was built."""
    program = livekit_folder() / "server"
    return program if program.exists() else None


def _first_of(found: Iterable[str | None]) -> Path | None:
    return next((Path(path) for path in found if path), None)
