"""The panel's static files and one name for their present contents, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
KEPT_FOR_EVER_SECONDS = 365 * 24 * 3600
SERVED = frozenset({".js", ".css"})


def is_served(path: str) -> bool:
    """Whether this file is one that a browser needs; the type declarations beside it are not."""
    return Path(path).suffix in SERVED


@lru_cache(maxsize=1)
def version() -> str:
    """Return a short digest of every file, read once: a new release has a new address, an old one stays right."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file() and is_served(path.name)):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def modules() -> tuple[str, ...]:
    """Return the modules that the panel's page loads, so that the page can name them all at once."""
    paths = (path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
    return tuple(sorted(path for path in paths if path != "embed.js"))
