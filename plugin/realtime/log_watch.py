"""Compares channels with the log: finds where a new one stands, and fetches what Redis did not bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import structlog

from plugin.realtime import framing
from plugin.realtime.channel_state import ChannelState
from plugin.realtime.ordering import SeqOrder
from plugin.realtime.ports import Log, Rows
from plugin.realtime.reactor import Reactor

log = structlog.get_logger(__name__)

FILL_FRAMES = 1000
_RETRY_SECONDS = 1.0


class LogWatch:
    """Lives in the reactor's thread.

    ``offer`` takes a frame as if it came from Redis, ``skip`` gives up on a hole that the log does not fill,
    ``settle`` lets in those who waited until the channel's number was known.
    """

    def __init__(
        self,
        reactor: Reactor,
        log_reader: Log,
        channels: Mapping[str, ChannelState],
        *,
        offer: Callable[[ChannelState, int, bytes], None],
        skip: Callable[[ChannelState, SeqOrder[bytes]], None],
        settle: Callable[[ChannelState], None],
    ) -> None:
        self._reactor = reactor
        self._log = log_reader
        self._channels = channels
        self._offer = offer
        self._skip = skip
        self._settle = settle
        self._to_check: set[str] = set()
        self._is_checking = False

    def check(self, names: Iterable[str]) -> None:
        """Compare channels with the log soon; all that gather while one query runs go into the next one."""
        self._to_check.update(names)
        if not self._is_checking and self._to_check:
            self._is_checking = True
            asked = sorted(self._to_check)
            self._to_check.clear()
            self._log.latest(asked, partial(self._checked, asked))

    def _checked(self, asked: list[str], latest: Mapping[str, int] | None) -> None:
        self._is_checking = False
        if latest is None:
            self._reactor.call_later(_RETRY_SECONDS, self.check, asked)
            return
        for name in asked:
            if state := self._channels.get(name):
                self._compare(state, latest.get(name, 0))
        self.check([])

    def _compare(self, state: ChannelState, latest: int) -> None:
        if state.order is None:
            state.order = SeqOrder(latest)
            early, state.early = state.early, []
            for seq, frame in early:
                self._offer(state, seq, frame)
        if latest > state.last:
            self.fill(state)
        else:
            self._settle(state)

    def fill(self, state: ChannelState) -> None:
        """Fetch what follows on the channel's number."""
        if not state.is_filling:
            state.is_filling = True
            self._log.since(state.name, state.last, FILL_FRAMES, partial(self._filled, state, state.last))

    def _filled(self, state: ChannelState, after: int, rows: Rows | None) -> None:
        state.is_filling = False
        if rows is None or state.order is None:
            self._reactor.call_later(_RETRY_SECONDS, self.check, [state.name])
            return
        for seq, text in rows:
            self._offer(state, seq, framing.text_frame(text))
        if state.order.has_hole and state.last == after:
            log.warning("channel_gap", channel=state.name, after_seq=after)
            self._skip(state, state.order)
        if len(rows) == FILL_FRAMES:
            self.fill(state)
        else:
            self._settle(state)
