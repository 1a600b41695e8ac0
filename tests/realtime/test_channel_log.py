"""Numbers and rows are written with what happened, or not at all; writers neither deadlock nor leave holes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from plugin.core.database import db, session
from plugin.core.unit_of_work import HOOKS, Work, unit_of_work
from plugin.outbox.recorder import record
from plugin.realtime import channel_log, channels
from plugin.realtime.channel_log import ChannelLog
from tests.realtime import stand_in
from tests.realtime.conftest import prepared
from tests.realtime.stand_in import StandInCounted, StandInDemoted, StandInTold


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, stand_in_database: str) -> Iterator[Flask]:
    """The stand-in app without Redis, on both databases."""
    url = stand_in_database if request.param == "sqlite" else prepared(str(request.getfixturevalue("postgres_url")))
    made = stand_in.create_app(url)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def tell(*names: str, texts: int = 1) -> None:
    with unit_of_work():
        record(StandInTold(channels=list(names), texts=[f"text {number}" for number in range(texts)]))


def test_each_channel_counts_for_itself_without_holes(app: Flask) -> None:
    tell("a", "b", texts=2)
    tell("b")
    tell("c", "a")
    assert channel_log.latest(["a", "b", "c", "d"]) == {"a": 3, "b": 3, "c": 1, "d": 0}
    assert [seq for seq, _ in channel_log.since("a", 1, 10)] == [2, 3]
    assert [seq for seq, _ in channel_log.since("b", 0, 2)] == [1, 2]
    (_, frame), *_ = channel_log.since("c", 0, 1)
    assert json.loads(frame) == {
        "type": "push",
        "channel": "c",
        "seq": 1,
        "name": "stand_in.told",
        "data": {"text": "text 0"},
    }


def test_more_channels_than_one_query_takes(app: Flask) -> None:
    tell("a")
    found = channel_log.latest([*(f"x{number}" for number in range(1200)), "a"])
    assert len(found) == 1201 and found["a"] == 1


def test_what_is_rolled_back_was_never_counted(app: Flask) -> None:
    tell("a")
    with pytest.raises(RuntimeError), unit_of_work():
        record(StandInTold(channels=["a"], texts=["lost"]))
        raise RuntimeError
    tell("a")
    assert [seq for seq, _ in channel_log.since("a", 0, 10)] == [1, 2]


def test_a_failure_after_numbering_leaves_no_hole(app: Flask) -> None:
    def fail(_work: Work) -> None:
        raise RuntimeError("the commit did not come about")

    hooks = HOOKS.get().before_commit
    hooks.append(fail)
    with pytest.raises(RuntimeError):
        tell("a")
    hooks.remove(fail)
    tell("a")
    assert [seq for seq, _ in channel_log.since("a", 0, 10)] == [1]


def test_a_revocation_is_a_row_and_a_tally_is_not(app: Flask) -> None:
    with unit_of_work() as work:
        record(StandInDemoted(account_id="acc_cole"))
        record(StandInCounted(key="qst_1", votes=3))
    rows = session().execute(select(ChannelLog.channel, ChannelLog.frame)).all()
    assert [(row.channel, json.loads(row.frame)) for row in rows] == [
        (channels.REVOCATIONS, {"channel": channels.backstage(stand_in.SESSION), "account_id": "acc_cole"})
    ]
    outgoing = channel_log.outgoing_of(work)
    assert outgoing is not None and len(outgoing.entries[channels.audience(stand_in.SESSION)]) == 1


def test_trimming_keeps_the_numbers_going(app: Flask) -> None:
    tell("a", texts=7)
    assert channel_log.trim(kept_hours=1) == 0
    assert channel_log.trim(kept_hours=-1, batch=3) == 7
    assert channel_log.since("a", 0, 10) == []
    tell("a")
    assert [seq for seq, _ in channel_log.since("a", 0, 10)] == [8]


def test_writers_of_the_same_channels_in_any_order_do_not_deadlock(app: Flask) -> None:
    errors: list[Exception] = []

    def write(*names: str) -> None:
        try:
            with app.app_context():
                for _ in range(15):
                    tell(*names)
        except Exception as error:  # a thread's error is told in the test's
            errors.append(error)

    orders = [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a"), ("c", "a", "b")]
    threads = [threading.Thread(target=write, args=names) for names in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    for name in "abc":
        assert [seq for seq, _ in channel_log.since(name, 0, 100)] == list(range(1, 61))
