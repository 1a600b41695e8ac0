"""Who hears what: keeps each channel in order, brings those who come back up to date, and obeys revocations."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from plugin.realtime import channels, framing, protocol
from plugin.realtime.backlog import Backlog
from plugin.realtime.channel_state import ChannelState, Waiting
from plugin.realtime.conflation import INTERVAL_SECONDS, Conflation
from plugin.realtime.connection import Connection
from plugin.realtime.envelope import Entry, Kind
from plugin.realtime.log_watch import LogWatch
from plugin.realtime.ordering import SeqOrder
from plugin.realtime.ports import Log, Subscriptions
from plugin.realtime.protocol import ErrorCode
from plugin.realtime.switchboard import Switchboard

#: How long a hole may stay open before the log is asked.
HOLE_SECONDS = 0.1
LINGER_SECONDS = 60
_REVOKED_IS_KEPT_SECONDS = 60


class Hub:
    """Lives in the reactor's thread, every method of it."""

    def __init__(self, switchboard: Switchboard, log_reader: Log, subscriptions: Subscriptions) -> None:
        self._switchboard = switchboard
        self._reactor = switchboard.reactor
        self._subscriptions = subscriptions
        self._channels: dict[str, ChannelState] = {}
        self._backlog = Backlog(switchboard, log_reader, self._send_batch)
        self._watch = LogWatch(
            self._reactor, log_reader, self._channels, offer=self._offer, skip=self._skip, settle=self._settle
        )
        self._dirty: set[ChannelState] = set()
        self._conflation = Conflation()
        self._conflation_is_timed = False
        self._revoked_at: dict[tuple[str, str], float] = {}

    # -- what the process itself listens to

    def start(self) -> None:
        """Listen for revocations, always."""
        self._open(channels.REVOCATIONS).tap = self._obey
        self._reactor.call_later(LINGER_SECONDS / 4, self._tidy)

    @property
    def is_ready(self) -> bool:
        """Whether revocations are heard, without which nobody may be let in."""
        state = self._channels.get(channels.REVOCATIONS)
        return state is not None and state.order is not None

    def _obey(self, frame: bytes) -> None:
        order = json.loads(framing.frame_text(frame))
        self.revoke(order["channel"], order["account_id"])

    def revoke(self, name: str, account_id: str) -> None:
        """Silence a channel for every socket of this account, also for those about to join."""
        self._revoked_at[name, account_id] = time.monotonic()
        for connection in self._switchboard.of_person(account_id):
            if name in connection.channels:
                self.leave(connection, name)
                sentence = "You may not hear this any more."
                self._switchboard.say(connection, protocol.error(ErrorCode.REVOKED, sentence, name))

    def was_revoked_since(self, name: str, account_id: str, moment: float) -> bool:
        """Whether a revocation overtook a permission that was looked up at ``moment`` (monotonic)."""
        return self._revoked_at.get((name, account_id), -1.0) >= moment

    # -- coming and going

    def join(self, connection: Connection, name: str, since: int | None) -> None:
        """Let a connection hear a channel it may hear; ``connection.channels`` must name it already."""
        state = self._channels.get(name) or self._open(name)
        state.members.discard(connection)
        state.empty_since = None
        connection.channels[name] = False
        if state.order is None:  # being looked up since it was opened
            state.waiting.append(Waiting(connection, since))
        elif since is not None and since > state.last:
            state.waiting.append(Waiting(connection, since))
            self.check([name])
        else:
            self._backlog.admit(state, connection, since)

    def leave(self, connection: Connection, name: str) -> None:
        """Let a connection hear a channel no more."""
        connection.channels.pop(name, None)
        state = self._channels.get(name)
        if state is not None:
            state.members.discard(connection)

    def leave_all(self, connection: Connection) -> None:
        """Forget a connection."""
        for name in list(connection.channels):
            self.leave(connection, name)

    def position_of(self, connection: Connection) -> dict[str, int]:
        """How far the connection's channels are."""
        return {name: self._channels[name].last for name, heard in connection.channels.items() if heard}

    @property
    def names(self) -> list[str]:
        """Every channel somebody here listens to."""
        return list(self._channels)

    def _open(self, name: str) -> ChannelState:
        state = self._channels[name] = ChannelState(name)
        self._subscriptions.subscribe(name)
        self.check([name])
        return state

    def _settle(self, state: ChannelState) -> None:
        waiting, state.waiting = state.waiting, []
        for one in waiting:
            self._backlog.admit(state, one.connection, one.since)

    # -- what comes from Redis

    def receive(self, name: str, entries: Iterable[Entry]) -> None:
        """Take what was published on a channel."""
        state = self._channels.get(name)
        if state is None:
            return
        for entry in entries:
            if entry.kind is Kind.PUSH:
                self._offer(state, entry.number, entry.frame)
            else:
                self._offer_tally(state, entry)

    def _offer(self, state: ChannelState, seq: int, frame: bytes) -> None:
        if state.order is None:
            state.early.append((seq, frame))
            return
        self._deliver(state, state.order.offer(seq, frame))
        if state.order.has_hole and not state.hole_is_timed:
            state.hole_is_timed = True
            self._reactor.call_later(HOLE_SECONDS, self._hole_is_due, state)

    def _hole_is_due(self, state: ChannelState) -> None:
        state.hole_is_timed = False
        if state.order is not None and state.order.has_hole:
            self._watch.fill(state)

    def _deliver(self, state: ChannelState, ready: list[tuple[int, bytes]]) -> None:
        for seq, frame in ready:
            state.remember(seq, frame)
            state.batch.append(frame)
            if state.tap is not None:
                state.tap(frame)
        if ready:
            self._dirty.add(state)

    def _offer_tally(self, state: ChannelState, entry: Entry) -> None:
        frame = self._conflation.offer((state.name, entry.label), entry.number, entry.frame, time.monotonic())
        if frame is not None:
            state.batch.append(frame)
            self._dirty.add(state)
        elif self._conflation.is_waiting and not self._conflation_is_timed:
            self._conflation_is_timed = True
            self._reactor.call_later(INTERVAL_SECONDS, self._tallies_are_due)

    def _tallies_are_due(self) -> None:
        self._conflation_is_timed = False
        for (name, _label), frame in self._conflation.due(time.monotonic()):
            if state := self._channels.get(name):
                state.batch.append(frame)
                self._dirty.add(state)
        if self._conflation.is_waiting:
            self._conflation_is_timed = True
            self._reactor.call_later(INTERVAL_SECONDS / 2, self._tallies_are_due)

    # -- what goes out, once after each turn of the loop

    def send_batches(self) -> None:
        """Send what gathered during this turn: one joined write for each member."""
        while self._dirty:
            self._send_batch(self._dirty.pop())

    def _send_batch(self, state: ChannelState) -> None:
        if not state.batch:
            return
        data = state.batch[0] if len(state.batch) == 1 else b"".join(state.batch)
        state.batch.clear()
        self._switchboard.broadcast(state.members, data)

    # -- the rest

    def check(self, names: Iterable[str]) -> None:
        """Compare channels with the log soon."""
        self._watch.check(names)

    def _skip(self, state: ChannelState, order: SeqOrder[bytes]) -> None:
        """The log does not hold what is missing: tell everybody to fetch anew and go on behind the hole."""
        self._send_batch(state)
        state.forget_frames()
        for seq, frame in order.skip_hole():
            state.remember(seq, frame)
            if state.tap is not None:
                state.tap(frame)
        state.batch.append(framing.text_frame(protocol.gap(state.name, state.last)))
        self._dirty.add(state)

    def _tidy(self) -> None:
        """Close channels nobody has listened to for a while, and forget old revocations and figures."""
        self._reactor.call_later(LINGER_SECONDS / 4, self._tidy)
        now = time.monotonic()
        for state in list(self._channels.values()):
            if state.members or state.waiting or state.tap:
                state.empty_since = None
            elif state.empty_since is None:
                state.empty_since = now
            elif now - state.empty_since > LINGER_SECONDS:
                del self._channels[state.name]
                self._subscriptions.unsubscribe(state.name)
        self._conflation.forget_old(now)
        old = now - _REVOKED_IS_KEPT_SECONDS
        self._revoked_at = {key: at for key, at in self._revoked_at.items() if at > old}
