"""`python -m plugin run`: migrates, then runs web, worker and clock, and an embedded Valkey when no Redis is named."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from plugin import config
from plugin.cli.announce import address
from plugin.cli.embedded_redis import embedded_redis
from plugin.cli.processes import run_together
from plugin.cli.settings import load_settings
from plugin.config import Settings

ROOT = Path(__file__).resolve().parents[2]
WORKER_THREADS = 4
GRACE_SECONDS = 20


@click.command()
def run() -> None:
    """Start Sidestage on this machine; Ctrl-C stops it."""
    settings = load_settings()
    ensure_port_is_free(settings)
    for request_to_stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(request_to_stop, lambda *_: sys.exit(0))
    environment = {**os.environ, "SIDESTAGE_DATA_DIR": str(settings.data_dir), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("SIDESTAGE_DEMO", "true")  # where others can reach us, the demo keeps itself off
    try:
        with redis_of(settings):
            what_went_wrong = serve(settings, environment)
    except KeyboardInterrupt:
        return
    if what_went_wrong:
        raise click.ClickException(what_went_wrong)


def serve(settings: Settings, environment: dict[str, str]) -> str | None:
    """Migrate, then run the processes until somebody stops them."""
    if subprocess.run(python("plugin", "migrate"), cwd=ROOT, env=environment, check=False).returncode:
        return "The database could not be migrated."
    announcer = subprocess.Popen(python("plugin", "announce"), cwd=ROOT, env=environment)
    try:
        return run_together(processes(settings), ROOT, environment)
    finally:
        announcer.terminate()
        announcer.wait()


def ensure_port_is_free(settings: Settings) -> None:
    """Refuse with a sentence before anything was started."""
    family, _, _, _, place = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            raise click.ClickException(
                f"Sidestage cannot listen at {address(settings)} ({error.strerror}). "
                "Stop what runs there, or set SIDESTAGE_PORT to another port."
            ) from error


def redis_of(settings: Settings) -> AbstractContextManager[None]:
    """The embedded Valkey, or nothing where the operator has a Redis."""
    if not settings.is_embedded_redis:
        return nullcontext()
    return embedded_redis(settings.data_dir, config.embedded_socket_path(settings.data_dir))


def processes(settings: Settings) -> dict[str, list[str]]:
    """Web server, worker and clock."""
    return {
        "web": python(
            *("gunicorn", "app:app", "--bind", address(settings)),
            *("--worker-class", "gthread", "--workers", "1", "--threads", str(settings.web_threads)),
            *("--max-requests", "0", "--graceful-timeout", str(GRACE_SECONDS)),
            *("--log-level", "warning", "--no-control-socket"),
        ),
        # Threads, as everywhere: honcho signals a whole process group, and Celery's forked children would drop the
        # task in their hands on SIGTERM where threads finish it.
        "worker": python(
            *("celery", "--app", "workers.celery_app:celery_app", "--quiet", "worker"),
            *("--pool", "threads", "--concurrency", str(WORKER_THREADS), "--loglevel", "warning"),
            *("--without-gossip", "--without-mingle"),
        ),
        "clock": python(
            *("celery", "--app", "workers.celery_app:celery_app", "--quiet", "beat", "--loglevel", "warning")
        ),
    }


def python(module: str, *arguments: str) -> list[str]:
    """A command that runs a module with our own Python."""
    return [sys.executable, "-m", module, *arguments]
