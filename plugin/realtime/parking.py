"""Takes a socket away from the web server once flask-sock has shaken hands, so that no thread stays behind it."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any

from plugin.core.errors import AppError


class TlsInServerError(AppError):
    """The web server itself ends TLS, so its sockets cannot be handed over."""

    status, code = 501, "tls_in_server"
    message = "Sidestage's socket needs TLS to end at the reverse proxy, not in the web server itself."


class NullThread:
    """Stands where simple-websocket would start a reader thread; it never runs."""

    name = "parked"

    def __init__(self, target: object = None) -> None:
        """Take the target that will never be called."""

    def start(self) -> None:
        """Start nothing."""


#: flask-sock hands this to simple-websocket.
SERVER_OPTIONS = {"thread_class": NullThread, "subprotocols": ["sidestage.v1"]}


def ensure_can_park(environ: Mapping[str, Any]) -> None:
    """Refuse a socket that speaks TLS itself: its state lives in this process's library, not in the descriptor."""
    found = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if isinstance(found, ssl.SSLSocket):
        raise TlsInServerError()


def detach(websocket: Any) -> socket.socket:
    """Return the client's socket as our own and leave the server holding a dead one.

    A plain ``dup`` is not enough: gunicorn shuts its socket down afterwards, which reaches every duplicate. So a
    dead descriptor is put in its place.
    """
    held: socket.socket = websocket.sock
    ours = socket.socket(fileno=os.dup(held.fileno()))
    dead, other_end = socket.socketpair()
    os.dup2(dead.fileno(), held.fileno())
    dead.close()
    other_end.close()
    websocket.connected = False  # flask-sock closes it after the handler; a closed one is left alone
    return ours
