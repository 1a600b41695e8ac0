"""The log of what channels were told: numbered and stored in the transaction in which it happened."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

from sqlalchemy import Index, Integer, String, Text, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime, session
from plugin.core.unit_of_work import Work, unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import channels, framing, protocol
from plugin.realtime.envelope import Entry, Kind
from plugin.realtime.push import Announcement, Push, Revoke, Tally

KEPT_HOURS = 24
_NOTE = "realtime.outgoing"
_NAMES_PER_QUERY = 500

#: Turns a domain event into announcements, inside the transaction.
PushFunction = Callable[[Any], Iterable[Announcement]]


class ChannelCounter(Base):
    """How far a channel is; its row is the lock that puts writers in line."""

    __tablename__ = "channel_counters"

    channel: Mapped[str] = mapped_column(String(160), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)


class ChannelLog(Base):
    """One push as clients see it (the text of its frame); in the channel `revocations`, one revocation."""

    __tablename__ = "channel_log"
    __table_args__ = (Index("ix_channel_log_created_at", "created_at"),)

    channel: Mapped[str] = mapped_column(String(160), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    frame: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


@dataclass
class Outgoing:
    """What one unit of work tells, by channel, ready to be sent once it is committed."""

    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))


class Announcer:
    """Runs just before each commit: events become announcements, announcements get numbers and are stored."""

    def __init__(self, pushes: Iterable[Mapping[type[DomainEvent], PushFunction]]) -> None:
        self._functions: dict[type[DomainEvent], list[PushFunction]] = defaultdict(list)
        for functions in pushes:
            for kind, function in functions.items():
                self._functions[kind].append(function)

    def assign(self, work: Work) -> None:
        """Number and store what the work's events tell; the counter rows come last and in order (no deadlock)."""
        told = [one for event in work.events for function in self._functions[type(event)] for one in function(event)]
        if not told:
            return
        outgoing = Outgoing()
        work.session.flush()
        logged = [(one.channel, one) for one in told if isinstance(one, Push)]
        logged += [(channels.REVOCATIONS, one) for one in told if isinstance(one, Revoke)]  # type: ignore[misc]
        _store(work.session, logged, outgoing)
        stamp = time.time_ns()  # taken while the rows that were counted are still locked
        for tally in (one for one in told if isinstance(one, Tally)):
            frame = framing.text_frame(protocol.push(tally.channel, None, tally.name, tally.data))
            outgoing.entries[tally.channel].append(Entry(Kind.TALLY, stamp, frame, f"{tally.name} {tally.key}"))
        work.notes[_NOTE] = outgoing


def outgoing_of(work: Work) -> Outgoing | None:
    """Return what a committed unit of work tells, if anything."""
    return cast("Outgoing | None", work.notes.get(_NOTE))


def _store(db: Session, logged: Sequence[tuple[str, Push | Revoke]], outgoing: Outgoing) -> None:
    if not logged:
        return
    counts: dict[str, int] = defaultdict(int)
    for channel, _ in logged:
        counts[channel] += 1
    latest = _count_up(db, counts)
    following = {channel: latest[channel] - count for channel, count in counts.items()}
    rows = []
    for channel, told in logged:
        seq = following[channel] = following[channel] + 1
        text = _text(told, seq)
        rows.append({"channel": channel, "seq": seq, "frame": text, "created_at": now()})
        outgoing.entries[channel].append(Entry(Kind.PUSH, seq, framing.text_frame(text)))
    db.execute(insert(ChannelLog), rows)


def _text(told: Push | Revoke, seq: int) -> str:
    if isinstance(told, Revoke):
        return json.dumps({"channel": told.channel, "account_id": told.account_id})
    return protocol.push(told.channel, seq, told.name, told.data)


def _count_up(db: Session, counts: Mapping[str, int]) -> dict[str, int]:
    """Raise every channel's counter in one statement, the rows locked in sorted order; return the new numbers."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    rows = [{"channel": channel, "seq": counts[channel]} for channel in sorted(counts)]
    counters = ChannelCounter.__table__
    statement = dialect.insert(counters).values(rows)
    raised = statement.on_conflict_do_update(
        index_elements=[counters.c.channel], set_={"seq": counters.c.seq + statement.excluded.seq}
    ).returning(counters.c.channel, counters.c.seq)
    return {channel: seq for channel, seq in db.execute(raised)}


def latest(names: Iterable[str]) -> dict[str, int]:
    """Return how far each channel is; 0 for one that was told nothing yet."""
    found = dict.fromkeys(names, 0)
    remaining = iter(list(found))
    while part := list(islice(remaining, _NAMES_PER_QUERY)):
        query = select(ChannelCounter.channel, ChannelCounter.seq).where(ChannelCounter.channel.in_(part))
        found.update({channel: seq for channel, seq in session().execute(query)})
    return found


def since(channel: str, seq: int, limit: int) -> list[tuple[int, str]]:
    """Return the numbers and frame texts after ``seq``, ascending, at most ``limit``."""
    query = (
        select(ChannelLog.seq, ChannelLog.frame)
        .where(ChannelLog.channel == channel, ChannelLog.seq > seq)
        .order_by(ChannelLog.seq)
        .limit(limit)
    )
    return [(number, frame) for number, frame in session().execute(query)]


def rewrite(names: Iterable[str], needle: str, change: Callable[[Any], None]) -> int:
    """Change the data of these channels' stored pushes that mention ``needle``, e.g. to forget a text; return how many.

    Numbers stay as they are, so a client that resumes misses nothing and learns no more than it should.
    """
    db = session()
    told = select(ChannelLog).where(ChannelLog.channel.in_(list(names)), ChannelLog.frame.contains(needle))
    rows = db.scalars(told.order_by(ChannelLog.channel, ChannelLog.seq)).all()
    for row in rows:
        frame = json.loads(row.frame)
        change(frame["data"])
        row.frame = protocol.push(row.channel, row.seq, frame["name"], frame["data"])
    return len(rows)


def trim(kept_hours: float = KEPT_HOURS, batch: int = 5000) -> int:
    """Delete what is older than a day; return how many rows went. The counters stay, so numbers never repeat."""
    total = 0
    while True:
        with unit_of_work() as work:
            old = select(ChannelLog.channel, ChannelLog.seq).where(
                ChannelLog.created_at < now() - timedelta(hours=kept_hours)
            )
            keys = [(channel, seq) for channel, seq in work.session.execute(old.limit(batch))]
            for channel, highest in _highest(keys).items():
                work.session.execute(delete(ChannelLog).where(ChannelLog.channel == channel, ChannelLog.seq <= highest))
        total += len(keys)
        if len(keys) < batch:
            return total


def _highest(keys: Iterable[tuple[str, int]]) -> dict[str, int]:
    highest: dict[str, int] = {}
    for channel, seq in keys:
        highest[channel] = max(seq, highest.get(channel, 0))
    return highest
