"""Lets a connection into a channel: first what it missed, from memory or from the log, then `caught_up` or `gap`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from plugin.realtime import framing, protocol
from plugin.realtime.channel_state import ChannelState
from plugin.realtime.connection import Connection
from plugin.realtime.ports import Log, Rows
from plugin.realtime.protocol import ErrorCode
from plugin.realtime.switchboard import Switchboard

#: How many frames are sent at once to somebody who comes back; beyond it is a gap.
RESUME_FRAMES = 1000


class Backlog:
    """Lives in the reactor's thread. ``send_batch`` empties a channel's batch, so that nobody gets it twice."""

    def __init__(self, switchboard: Switchboard, log: Log, send_batch: Callable[[ChannelState], None]) -> None:
        self._switchboard = switchboard
        self._log = log
        self._send_batch = send_batch

    def admit(self, state: ChannelState, connection: Connection, since: int | None) -> None:
        """Let a connection in that has everything up to ``since`` (None: that wants only what is new)."""
        self._send_batch(state)
        if since is None:
            self._greet(state, connection, b"")
        elif since > state.last:
            self._greet(state, connection, None)  # ahead of the log: the database was set back
        elif (kept := state.kept_since(since)) is not None:
            self._greet(state, connection, kept)
        else:
            self._log.since(state.name, since, RESUME_FRAMES + 1, partial(self._resume, state, connection, since))

    def _resume(self, state: ChannelState, connection: Connection, since: int, rows: Rows | None) -> None:
        if rows is None:
            self._refuse_for_now(state, connection)
            return
        self._send_batch(state)
        missed = [(seq, text) for seq, text in rows if seq <= state.last]
        is_whole = bool(missed) and missed[0][0] == since + 1 and len(rows) <= RESUME_FRAMES
        newer = state.kept_since(missed[-1][0]) if is_whole else None
        if newer is None:
            self._greet(state, connection, None)
        else:
            self._greet(state, connection, b"".join(framing.text_frame(text) for _, text in missed) + newer)

    def _greet(self, state: ChannelState, connection: Connection, missed: bytes | None) -> None:
        """Send what was missed (None: it is not kept any more) and let the connection hear the rest."""
        if state.name not in connection.channels or not connection.is_open:
            return
        name, seq = state.name, state.last
        start = framing.text_frame(protocol.subscribed(name, seq))
        end = framing.text_frame(protocol.gap(name, seq) if missed is None else protocol.caught_up(name, seq))
        connection.channels[name] = True
        state.members.add(connection)
        self._switchboard.write(connection, start + (missed or b"") + end)

    def _refuse_for_now(self, state: ChannelState, connection: Connection) -> None:
        if connection.channels.pop(state.name, None) is not None:
            sentence = "This cannot be looked up right now. Try again in a moment."
            self._switchboard.say(connection, protocol.error(ErrorCode.UNAVAILABLE, sentence, state.name))
