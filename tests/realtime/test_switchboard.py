"""The sweeper pings everybody once a round, tells each how far its channels are, and lets go of the silent."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from plugin.realtime import framing, protocol
from plugin.realtime.connection import Connection
from plugin.realtime.protocol import HEARTBEAT_SECONDS, CloseCode
from plugin.realtime.sweeper import SILENT_AFTER_SECONDS
from plugin.realtime.switchboard import Switchboard


class Office:
    """A switchboard whose thread is not started: the test calls it itself."""

    def __init__(self) -> None:
        self.board = Switchboard()
        self.board.sweeper.heartbeat_of = lambda _connection: protocol.heartbeat({"audience:ses_1": 7})
        self.gone: list[Connection] = []
        self.board.on_gone = self.gone.append
        self.ends: list[socket.socket] = []

    def adopt(self, account_id: str) -> tuple[Connection, socket.socket]:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.ends.append(theirs)
        before = set(self.board.connections)
        self.board.adopt(ours, f"pse_{account_id}", account_id)
        (connection,) = self.board.connections - before
        return connection, theirs

    def sweep_a_round(self) -> None:
        for _ in range(HEARTBEAT_SECONDS):
            self.board.sweeper.sweep()


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    for connection in list(made.board.connections):
        made.board.drop(connection)
    for end in made.ends:
        end.close()
    made.board.reactor.close()


def test_each_gets_one_ping_and_one_heartbeat_a_round(office: Office) -> None:
    ends = [office.adopt(f"acc_{number}")[1] for number in range(30)]
    office.sweep_a_round()
    beat = framing.text_frame('{"type":"heartbeat","channels":{"audience:ses_1":7}}')
    assert [end.recv(4096) for end in ends] == [framing.PING + beat] * 30


def test_the_silent_are_let_go(office: Office) -> None:
    silent, end = office.adopt("acc_silent")
    living, _ = office.adopt("acc_living")
    silent.is_greeted = living.is_greeted = True
    silent.heard_at -= SILENT_AFTER_SECONDS + 1
    office.sweep_a_round()
    assert not silent.is_open and living.is_open
    assert end.recv(4096).endswith(framing.close_frame(CloseCode.SILENT, protocol.SENTENCES[CloseCode.SILENT]))
    assert office.gone == [silent]


def test_a_dropped_connection_leaves_nothing_behind(office: Office) -> None:
    connection, end = office.adopt("acc_lina")
    office.board.drop(connection)
    office.board.drop(connection)
    assert office.gone == [connection]
    assert office.board.connections == set() and office.board.of_person("acc_lina") == []
    assert end.recv(1) == b""


def test_a_guest_who_signs_in_is_found_under_the_new_account(office: Office) -> None:
    connection, _ = office.adopt("acc_guest")
    office.board.rename(connection, "acc_lina")
    assert office.board.of_person("acc_guest") == [] and office.board.of_person("acc_lina") == [connection]
