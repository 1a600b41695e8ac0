"""The hub alone, its reactor running: holes, doubles, early frames and gaps, with a log held in memory."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from plugin.realtime import framing, protocol
from plugin.realtime.connection import Connection
from plugin.realtime.envelope import Entry, Kind
from plugin.realtime.hub import HOLE_SECONDS, Hub
from plugin.realtime.switchboard import Switchboard
from tests.servers.waiting import wait_until

CHANNEL = "audience:ses_1"


def text_of(seq: int) -> str:
    return protocol.push(CHANNEL, seq, "stand_in.told", {"text": f"text {seq}"})


class MemoryLog:
    """The log's port over a dictionary; it answers at once, as the desk would, in the reactor's thread."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._post = switchboard.reactor.post
        self.rows: dict[int, str] = {}
        self.is_away = False
        self.reads = 0

    def write(self, *seqs: int) -> None:
        self.rows.update({seq: text_of(seq) for seq in seqs})

    def latest(self, names: Sequence[str], then: Callable[[Mapping[str, int] | None], None]) -> None:
        self._post(then, None if self.is_away else dict.fromkeys(names, max(self.rows, default=0)))

    def since(self, name: str, seq: int, limit: int, then: Callable[[Sequence[tuple[int, str]] | None], None]) -> None:
        self.reads += 1
        found = sorted((number, text) for number, text in self.rows.items() if number > seq)
        self._post(then, None if self.is_away else found[:limit])

    def subscribe(self, name: str) -> None:
        pass

    def unsubscribe(self, name: str) -> None:
        pass


class House:
    """A hub with its reactor, and sockets that listen."""

    def __init__(self) -> None:
        self.switchboard = Switchboard()
        self.log = MemoryLog(self.switchboard)
        self.hub = Hub(self.switchboard, self.log, self.log)
        self.switchboard.on_gone = self.hub.leave_all
        self.switchboard.on_pass = self.hub.send_batches
        self.ends: list[socket.socket] = []
        self.switchboard.reactor.start()

    def member(self, account_id: str = "acc_lina", since: int | None = None) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.settimeout(5)
        self.ends.append(theirs)

        def join() -> None:
            before = set(self.switchboard.connections)
            self.switchboard.adopt(ours, "pse_1", account_id)
            (connection,) = set(self.switchboard.connections) - before
            self.subscribe(connection, since)

        self.switchboard.reactor.post(join)
        return theirs

    def subscribe(self, connection: Connection, since: int | None) -> None:
        connection.channels[CHANNEL] = False
        self.hub.join(connection, CHANNEL, since)

    def arrive(self, *seqs: int) -> None:
        """Frames come from Redis, in this order."""
        entries = [Entry(Kind.PUSH, seq, framing.text_frame(text_of(seq))) for seq in seqs]
        self.switchboard.reactor.post(self.hub.receive, CHANNEL, entries)

    def close(self) -> None:
        for connection in list(self.switchboard.connections):
            self.switchboard.reactor.post(self.switchboard.drop, connection)
        self.switchboard.reactor.stop()
        for end in self.ends:
            end.close()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.close()


def frames_until(end: socket.socket, is_last: Callable[[str], bool]) -> list[str]:
    """Read frames, each told shortly: `push 3`, `gap 7`, `caught_up 2`."""
    told: list[str] = []
    data = b""
    while not (told and is_last(told[-1])):
        data += end.recv(65536)
        while len(data) >= 4:
            size, start = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
            if len(data) < start + size:
                break
            frame, data = json.loads(data[start : start + size]), data[start + size :]
            told.append(f"{frame['type']} {frame.get('seq', frame.get('code'))}")
    assert data == b""
    return told


def until(text: str) -> Callable[[str], bool]:
    return lambda told: told == text


def test_a_hole_is_filled_from_the_log_after_a_moment(house: House) -> None:
    end = house.member()
    frames_until(end, until("caught_up 0"))
    house.log.write(1, 2, 3)
    house.arrive(1, 3)
    assert frames_until(end, until("push 3")) == ["push 1", "push 2", "push 3"]
    assert house.log.reads == 1


def test_what_comes_late_closes_the_hole_without_asking_the_log(house: House) -> None:
    end = house.member()
    frames_until(end, until("caught_up 0"))
    house.log.write(1, 2, 3, 4)
    house.arrive(2, 4, 2)
    house.arrive(3, 1, 1)
    assert frames_until(end, until("push 4")) == ["push 1", "push 2", "push 3", "push 4"]
    time.sleep(HOLE_SECONDS * 1.5)  # what must not happen has this long to happen
    assert house.log.reads == 0


def test_a_hole_the_log_cannot_fill_becomes_a_gap(house: House) -> None:
    end = house.member()
    frames_until(end, until("caught_up 0"))
    house.arrive(5, 6)
    assert frames_until(end, until("gap 6")) == ["gap 6"]
    house.arrive(7)
    assert frames_until(end, until("push 7")) == ["push 7"]
    late = house.member(since=5)
    assert frames_until(late, until("caught_up 7")) == ["subscribed 7", "push 6", "push 7", "caught_up 7"]


def test_frames_that_come_before_the_number_is_known_are_kept(house: House) -> None:
    house.log.write(1, 2, 3)
    house.log.is_away = True
    end = house.member(since=2)
    house.arrive(5, 4, 3)
    house.log.write(4, 5)
    house.log.is_away = False
    assert frames_until(end, until("caught_up 5")) == ["subscribed 5", "push 3", "push 4", "push 5", "caught_up 5"]


def test_a_client_ahead_of_this_process_waits_for_the_log(house: House) -> None:
    first = house.member()
    frames_until(first, until("caught_up 0"))
    house.log.write(1, 2, 3)  # committed elsewhere, not yet heard of here
    second = house.member("acc_omar", since=2)
    assert frames_until(second, until("caught_up 3")) == ["subscribed 3", "push 3", "caught_up 3"]
    assert frames_until(first, until("push 3")) == ["push 1", "push 2", "push 3"]


def test_frames_of_one_moment_leave_in_one_piece(house: House) -> None:
    end = house.member()
    frames_until(end, until("caught_up 0"))
    house.log.write(*range(1, 51))
    house.arrive(*range(1, 51))
    data = end.recv(65536)
    assert data == b"".join(framing.text_frame(text_of(seq)) for seq in range(1, 51))


def test_a_revocation_reaches_those_who_are_still_waiting(house: House) -> None:
    house.log.is_away = True
    end = house.member(since=0)
    house.switchboard.reactor.post(house.hub.revoke, CHANNEL, "acc_lina")
    house.log.write(1)
    house.log.is_away = False
    assert frames_until(end, until("error revoked")) == ["error revoked"]
    wait_until(lambda: house.hub.was_revoked_since(CHANNEL, "acc_lina", 0.0), "the revocation to be remembered")
    house.arrive(1)
    house.switchboard.reactor.post(house.hub.check, [CHANNEL])
    end.settimeout(1.5)
    with pytest.raises(TimeoutError):
        end.recv(1)
