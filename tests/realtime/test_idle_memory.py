"""A parked socket costs next to nothing: no thread, and no more than 3 kB each."""

from __future__ import annotations

import os
import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from plugin.realtime.tickets import Tickets
from tests.realtime.test_bad_clients import frame, raw_socket_with
from tests.realtime.web_process import WebProcess
from tests.servers.waiting import wait_until

pytestmark = pytest.mark.redis
SOCKETS = 400


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="memory is read from /proc")
def test_idle_sockets_cost_no_thread_and_little_memory(web: WebProcess) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    tickets = Tickets("stand-in", None, "")
    people = ("lina", "omar", "hana", "cole")

    with ExitStack() as stack:

        def open_idle(number: int) -> None:
            # a ticket per person and made-up account, so that nobody has more than five
            ticket = tickets.issue(f"pse_{people[number % 4]}", f"acc_{number}")
            sock = stack.enter_context(raw_socket_with(web, ticket))
            sock.sendall(frame(1, b'{"type":"hello","version":1}'))
            answer = b""
            while b"welcome" not in answer:
                answer += sock.recv(1024)

        for number in range(60):  # what grows once (pools, caches) has grown before we measure
            open_idle(number)
        pid = web.worker_pid()
        memory, threads = web.rss_kilobytes(), threads_of(pid)
        for number in range(60, 60 + SOCKETS):
            open_idle(number)
        wait_until(lambda: threads_of(pid) <= threads, "request threads to come to rest")
        assert (web.rss_kilobytes() - memory) / SOCKETS < 3.0
