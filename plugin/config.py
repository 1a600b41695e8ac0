"""Settings: environment over built-in defaults, checked once at start, derived in one place."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environs


class SettingsError(Exception):
    """A setting does not fit; the message is a sentence that names it."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set; docs/settings.md explains each.

    ``database_url`` is a SQLAlchemy URL, ``redis_url`` a redis-py URL (``unix://`` or ``redis://``).
    """

    data_dir: Path
    database_url: str
    redis_url: str
    secret_key: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 5000
    log_level: str = "INFO"
    trusted_proxies: int = 0
    web_threads: int = 32
    is_demo: bool = False
    is_embedded_redis: bool = False
    old_secret_keys: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server; the built-in demo platform needs that."""
        return self.host in {"127.0.0.1", "localhost", "::1"}

    @property
    def celery_broker_url(self) -> str:
        """The Redis address as kombu spells it."""
        return _spelled(self.redis_url, unix="redis+socket")

    @property
    def limits_storage_url(self) -> str:
        """The Redis address as limits spells it."""
        return _spelled(self.redis_url, unix="redis+unix")

    @property
    def public_origin(self) -> str:
        """Scheme, host and port of `public_url`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


def _spelled(url: str, *, unix: str) -> str:
    return f"{unix}://{url.removeprefix('unix://')}" if url.startswith("unix://") else url


def load(environ: environs.Env | None = None) -> Settings:
    """Read the environment; `SettingsError` says which setting does not fit and how it should look."""
    env = environ or environs.Env()
    try:
        return _load(env)
    except environs.EnvError as error:
        raise SettingsError(f"A setting does not fit: {error}") from error


def _load(env: environs.Env) -> Settings:
    data_dir = Path(env.str("SIDESTAGE_DATA_DIR", "var")).absolute()
    host, port = env.str("SIDESTAGE_HOST", "127.0.0.1"), env.int("SIDESTAGE_PORT", 5000)
    redis_url = env.str("REDIS_URL", "")
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(env.str("DATABASE_URL", "") or f"sqlite:///{data_dir / 'sidestage.db'}"),
        redis_url=redis_url or f"unix://{embedded_socket_path(data_dir)}",
        secret_key=env.str("SIDESTAGE_SECRET_KEY", "") or _own_secret_key(data_dir),
        public_url=env.str("SIDESTAGE_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        host=host,
        port=port,
        log_level=env.str("SIDESTAGE_LOG_LEVEL", "INFO").upper(),
        trusted_proxies=env.int("SIDESTAGE_TRUSTED_PROXIES", 0),
        web_threads=env.int("SIDESTAGE_WEB_THREADS", 32),
        is_demo=env.bool("SIDESTAGE_DEMO", False),
        is_embedded_redis=not redis_url,
        old_secret_keys=tuple(env.list("SIDESTAGE_OLD_SECRET_KEYS", [])),
    )


def _database_url(url: str) -> str:
    # A bare postgresql:// would pick whichever driver this SQLAlchemy prefers; ours is psycopg 3.
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def embedded_socket_path(data_dir: Path) -> Path:
    """Return where the embedded Valkey listens: in the data folder, or in /tmp where that path would be too long."""
    path = data_dir / "valkey.sock"
    if len(str(path)) < 100:  # the kernel's limit for a unix socket path is 108 bytes
        return path
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sidestage-{digest}.sock"


def _own_secret_key(data_dir: Path) -> str:
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(48))
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"The data folder {data_dir} cannot be written ({error.strerror}). "
            "Make it writable or set SIDESTAGE_DATA_DIR to another folder."
        ) from error


def _write_private(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process of ours was faster; its key counts
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
