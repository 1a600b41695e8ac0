"""What the server does with a client's frames: greets, looks up permissions, subscribes, answers pings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plugin.core.actor import Actor
from plugin.core.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from plugin.realtime import protocol
from plugin.realtime.connection import Connection
from plugin.realtime.desk import Desk
from plugin.realtime.hub import Hub
from plugin.realtime.protocol import (
    MAX_CHANNELS,
    CloseCode,
    ErrorCode,
    FrameError,
    Hello,
    Ping,
    Subscribe,
    Unsubscribe,
    Wanted,
)
from plugin.realtime.switchboard import Switchboard

#: Says whether this actor may hear this channel now.
ChannelPolicy = Callable[[Actor, str], bool]
#: Looks the person behind a panel session up afresh; raises `UnauthenticatedError` when it has ended.
ActorOfSession = Callable[[str], Actor]

_READY_SECONDS = 0.1
_READY_TRIES = 50
_NOT_YOURS = "There is no such channel, or it is not for you."
_NOT_NOW = "This cannot be looked up right now. Try again in a moment."
_TOO_MANY = f"At most {MAX_CHANNELS} channels on one socket."


@dataclass(frozen=True)
class Verdict:
    """What the lookup said: who it is (None: signed out) and which of the channels may be heard."""

    account_id: str | None
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Request:
    """One subscribe frame on its way; ``at`` (monotonic) is when its permissions were looked up."""

    connection: Connection
    wanted: tuple[Wanted, ...]
    at: float


class Dialogue:
    """Lives in the reactor's thread; only `_look_up` runs at the desk."""

    def __init__(
        self,
        switchboard: Switchboard,
        hub: Hub,
        desk: Desk,
        actor_of_session: ActorOfSession,
        policies: Mapping[str, ChannelPolicy],
    ) -> None:
        self._switchboard = switchboard
        self._hub = hub
        self._desk = desk
        self._actor_of_session = actor_of_session
        self._policies = dict(policies)

    def on_text(self, connection: Connection, text: str) -> None:
        """Act on one frame."""
        frame = protocol.parse(text)
        if isinstance(frame, Hello) and connection.is_greeted:
            raise FrameError(CloseCode.BAD_FRAME)
        connection.is_greeted = True
        if isinstance(frame, Hello):
            self._welcome(connection, frame)
        elif isinstance(frame, Subscribe):
            self._take(connection, frame)
        elif isinstance(frame, Unsubscribe):
            self._hub.leave(connection, frame.channel)
        elif isinstance(frame, Ping):
            self._switchboard.say(connection, protocol.heartbeat(self._hub.position_of(connection)))

    def heartbeat_of(self, connection: Connection) -> str | None:
        """Return the frame of the regular heartbeat."""
        return protocol.heartbeat(self._hub.position_of(connection)) if connection.is_greeted else None

    def _welcome(self, connection: Connection, frame: Hello) -> None:
        if frame.version != protocol.VERSION:
            raise FrameError(CloseCode.BAD_FRAME)
        self._switchboard.say(connection, protocol.welcome())

    def _take(self, connection: Connection, frame: Subscribe) -> None:
        names = {one.name for one in frame.channels} | set(connection.channels)
        if len(names) > MAX_CHANNELS:
            self._switchboard.say(connection, protocol.error(ErrorCode.TOO_MANY_CHANNELS, _TOO_MANY))
            return
        for one in frame.channels:
            connection.channels[one.name] = False
        self._ask(connection, frame.channels)

    def _ask(self, connection: Connection, wanted: tuple[Wanted, ...], tries: int = _READY_TRIES) -> None:
        if not connection.is_open:
            return
        if not self._hub.is_ready and tries:  # a permission is worth nothing before revocations are heard
            self._switchboard.reactor.call_later(_READY_SECONDS, self._ask, connection, wanted, tries - 1)
        elif not self._hub.is_ready:
            self._answer(Request(connection, wanted, 0.0), None)
        else:
            request = Request(connection, wanted, time.monotonic())
            session_id = connection.panel_session_id
            names = [one.name for one in wanted]
            self._desk.do(lambda: self._look_up(session_id, names), lambda verdict: self._answer(request, verdict))

    def _look_up(self, panel_session_id: str, names: list[str]) -> Verdict:
        try:
            actor = self._actor_of_session(panel_session_id)
        except UnauthenticatedError:
            return Verdict(None)
        return Verdict(actor.account_id, frozenset(name for name in names if self._may_hear(actor, name)))

    def _may_hear(self, actor: Actor, name: str) -> bool:
        policy = self._policies.get(name.partition(":")[0])
        try:
            return policy is not None and policy(actor, name)
        except (ForbiddenError, NotFoundError):
            return False

    def _answer(self, request: Request, verdict: Verdict | None) -> None:
        connection = request.connection
        if not connection.is_open:
            return
        if verdict is None:
            for one in request.wanted:
                self._refuse(connection, one.name, ErrorCode.UNAVAILABLE, _NOT_NOW)
        elif verdict.account_id is None:
            self._switchboard.close(connection, CloseCode.SIGNED_OUT)
        else:
            self._switchboard.rename(connection, verdict.account_id)
            self._let_in(request, verdict)

    def _let_in(self, request: Request, verdict: Verdict) -> None:
        connection = request.connection
        again = []
        for one in request.wanted:
            if one.name not in connection.channels:
                continue  # unsubscribed meanwhile
            if one.name not in verdict.allowed:
                self._refuse(connection, one.name, ErrorCode.FORBIDDEN, _NOT_YOURS)
            elif self._hub.was_revoked_since(one.name, connection.account_id, request.at):
                again.append(one)  # the permission may be older than the revocation: look again
            else:
                self._hub.join(connection, one.name, one.seq)
        if again:
            self._ask(connection, tuple(again))

    def _refuse(self, connection: Connection, name: str, code: ErrorCode, sentence: str) -> None:
        self._hub.leave(connection, name)
        self._switchboard.say(connection, protocol.error(code, sentence, name))
