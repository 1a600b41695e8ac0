"""The realtime floor of one app: its settings, tickets and publisher, and the engine of the current process."""

from __future__ import annotations

import atexit
import os
import socket
import threading
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask

from plugin.core.slot import Slot
from plugin.realtime import redis_link
from plugin.realtime.dialogue import ActorOfSession, ChannelPolicy
from plugin.realtime.engine import Engine
from plugin.realtime.publisher import Publisher
from plugin.realtime.tickets import Ticket, Tickets


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the composition root tells this floor.

    ``session_of_token`` names the panel session of an access token, ``actor_of_session`` looks the person behind a
    panel session up afresh (both raise `UnauthenticatedError`), ``allowed_origins`` lists the origins from which a
    panel session's socket may be opened, ``policies`` says by a channel's prefix who may hear it.
    """

    secret_key: str
    redis_url: str | None
    session_of_token: Callable[[str], str]
    actor_of_session: ActorOfSession
    allowed_origins: Callable[[str], Collection[str]]
    policies: Mapping[str, ChannelPolicy]
    namespace: str = "sidestage"


class Realtime:
    """One per app. The engine starts with the first socket of a process, so never before a fork."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self.settings = settings
        self._prefix = f"{settings.namespace}:rt:"
        client = redis_link.for_requests(settings.redis_url) if settings.redis_url else None
        self.tickets = Tickets(settings.secret_key, client, self._prefix)
        self.publisher = Publisher(client, self._prefix, self._tell_here)
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        _forget_after_fork(weakref.ref(self))

    def adopt(self, sock: socket.socket, ticket: Ticket) -> None:
        """Take over a socket whose handshake is done."""
        self._running_engine().adopt(sock, ticket)

    def close(self) -> None:
        """Say goodbye to every socket of this process; the next socket starts a new engine."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            atexit.unregister(engine.close)
            engine.close()

    def _running_engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine(
                    self._app,
                    redis_url=self.settings.redis_url,
                    prefix=self._prefix,
                    actor_of_session=self.settings.actor_of_session,
                    policies=self.settings.policies,
                )
                self._engine.start()
                atexit.register(self._engine.close)
            return self._engine

    def _tell_here(self, messages: Mapping[str, bytes]) -> None:
        engine = self._engine
        if engine is not None:
            engine.receive(messages)

    def _forget_engine(self) -> None:
        """A forked child has none of the threads, and must not say goodbye to the parent's sockets."""
        self._lock = threading.Lock()
        engine, self._engine = self._engine, None
        if engine is not None:
            atexit.unregister(engine.close)


REALTIME: Slot[Realtime] = Slot("realtime")


def _forget_after_fork(reference: weakref.ref[Realtime]) -> None:
    def forget() -> None:
        if (realtime := reference()) is not None:
            realtime._forget_engine()

    os.register_at_fork(after_in_child=forget)


def attach(app: Flask, settings: Settings) -> Realtime:
    """Give the app its realtime floor."""
    return REALTIME.put(app, Realtime(app, settings))


def current_realtime() -> Realtime:
    """Return the realtime floor of the current app."""
    return REALTIME.get()
