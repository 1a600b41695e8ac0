"""The panel's static files, read and compressed once, under one name for their present contents."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

STATIC = Path(__file__).parent / "static"
KEPT_FOR_EVER_SECONDS = 365 * 24 * 3600
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
ENTRY = "main.js"
#: A module that is loaded together with the one that names it; `import(…)` is loaded when it is needed.
_STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^"(]*"(\.[^"]+)";', re.MULTILINE)

#: A comment that has its lines to itself; what stands beside code, or in somebody else's file, stays.
_COMMENT = re.compile(r"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*$|^[ \t]*//.*$", re.MULTILINE)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    zipped: bytes
    content_type: str


@lru_cache(maxsize=1)
def every() -> Mapping[str, Asset]:
    """Return what browsers need, by path; the type declarations beside it are not served."""
    paths = sorted(path for path in STATIC.rglob("*") if path.suffix in TYPES and not path.name.endswith(".d.ts"))
    return {path.relative_to(STATIC).as_posix(): _read(path) for path in paths}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    if path.parent.name != "vendor":
        content = without_comments(content.decode()).encode()
    return Asset(content, gzip.compress(content, mtime=0), TYPES[path.suffix])


def without_comments(text: str) -> str:
    """Return the file as browsers need it: comments are a sixth of the panel. Every line keeps its number."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


@lru_cache(maxsize=1)
def version() -> str:
    """Return a short digest of every file: a new release has a new address, an old one stays right."""
    digest = hashlib.sha256()
    for path, asset in every().items():
        digest.update(path.encode() + b"\0" + asset.content + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def modules() -> tuple[str, ...]:
    """Return the modules with which the panel starts, so that its page can name them all at once."""
    found: dict[str, None] = {ENTRY: None}
    for path in (waiting := [ENTRY]):
        here = PurePosixPath(path).parent
        for named in _STATIC_IMPORT.findall(every()[path].content.decode()):
            module = _joined(here, named)
            if module not in found:
                found[module] = None
                waiting.append(module)
    return tuple(found)


def _joined(here: PurePosixPath, named: str) -> str:
    parts: list[str] = list(here.parts)
    for part in PurePosixPath(named).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
