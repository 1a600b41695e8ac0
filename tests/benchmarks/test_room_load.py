"""A room under load from end to end, POST to every socket, by the load client whose source FANLOAD names."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from plugin.realtime.tickets import Tickets
from tests.benchmarks.conftest import Compile
from tests.realtime.conftest import prepared
from tests.realtime.stand_in import ORIGIN
from tests.realtime.web_process import WebProcess
from tests.servers.redis_server import RedisServer

pytestmark = [pytest.mark.soak, pytest.mark.redis]
CHANNEL = "load:bench"
TELL = '{"channels":["load:bench"],"texts":["{m}"]}'
SUBSCRIBE = json.dumps({"type": "subscribe", "channels": [{"name": CHANNEL}]})


@pytest.fixture(scope="module")
def fanload(compiled: Compile) -> Path:
    """The load client; its source is not part of this repository."""
    source = os.environ.get("FANLOAD")
    if not source:
        pytest.skip("FANLOAD does not name the load client's source")
    return compiled(Path(source))


def invite(database_url: str, members: int, path: Path) -> None:
    """Write down so many people, and a ticket for each."""
    names = [f"m{number}" for number in range(members)]
    engine = create_engine(database_url)
    with engine.begin() as connection:
        insert = text("INSERT INTO stand_in_people VALUES (:name, 'listener')")
        connection.execute(insert, [{"name": name} for name in names])
    engine.dispose()
    tickets = Tickets("stand-in", None, "")
    path.write_text("".join(tickets.issue(f"pse_{name}", f"acc_{name}") + "\n" for name in names))


def run(fanload: Path, web: WebProcess, tokens: Path, members: int, phases: str) -> dict[str, dict[str, Any]]:
    """Drive the load; what each phase measured, by its name and rate."""
    command: list[str] = [
        *(
            str(fanload),
            "--driver",
            "ws+http",
            "--port",
            str(web.port),
            "-n",
            str(members),
            "--pids",
            str(web.process.pid),
        ),
        *("--path", "/api/v1/socket", "--header", f"Origin: {ORIGIN}", "--tokens", str(tokens)),
        *("--header", "Sec-WebSocket-Protocol: sidestage.v1, ticket.{t}", "--hello", SUBSCRIBE, "--ready", "caught_up"),
        *("--http-send", "POST /tell", "--http-body", TELL),
        *("--phases", phases),
    ]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = [json.loads(line) for line in finished.stdout.splitlines()]
    return {f"{phase['phase']} {phase.get('rate_target', 0):g}": phase for phase in found}


@pytest.mark.parametrize(("members", "rates"), [(500, (10, 100)), (5000, (10,))], ids=["500", "5,000"])
def test_a_room_under_load(
    fanload: Path, tmp_path: Path, redis_server: RedisServer, members: int, rates: tuple[int, ...]
) -> None:
    database_url = prepared(f"sqlite:///{tmp_path / 'stand_in.db'}")
    invite(database_url, members, tmp_path / "tickets")
    # the load client opens its senders long before it uses them
    options = ("--threads", "16", "--keep-alive", "120")
    web = WebProcess(tmp_path / "web", database_url, redis_server.tcp_url, options=options).start()
    try:
        phases = ",".join(["idle:2", *(f"open:{rate}:10" for rate in rates)])
        found = run(fanload, web, tmp_path / "tickets", members, phases)
    finally:
        web.stop()
    idle = found["idle 0"]
    print(f"\n{members} members: {idle['rss_per_conn_kb']:.1f} kB each")
    assert idle["live"] == members
    for rate in rates:
        phase = found[f"open {rate}"]
        print(
            f"{rate} a second: p50 {phase['d_p50_ms']:.1f} ms, p99 {phase['d_p99_ms']:.1f} ms, "
            f"server {phase['srv_util']:.0%} of a core"
        )
        # senders overtake one another on their way in; what counts is that everybody saw one order
        assert (phase["lost"], phase["dups"], phase["errors"], phase["orders"]) == (0, 0, 0, 1)
