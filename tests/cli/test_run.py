"""`python -m plugin run` starts everything, says plainly what stands in its way, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from plugin import __main__ as entry
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 40

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]

Start = Callable[..., "Running"]


class Running:
    """`python -m plugin run` in a terminal session of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.data_dir = folder / "data"
        self.output_path = folder / "output.txt"
        told = {"SIDESTAGE_PORT": str(self.port), "SIDESTAGE_DATA_DIR": str(self.data_dir), **settings}
        clean = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}}
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "plugin", "run"],
                cwd=ROOT,
                env={**clean, **told},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.output
        return "Sidestage is ready" in self.output and answers(self.port)

    def press_ctrl_c(self) -> None:
        """As a terminal does it: every process of the foreground group hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def exit_code(self) -> int:
        return self.process.wait(STOP_SECONDS)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start_one(**settings: str) -> Running:
        started.append(Running(tmp_path, **settings))
        return started[-1]

    yield start_one
    for running in started:
        print(running.output)
        if running.process.poll() is None:
            running.process.terminate()
            running.exit_code()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, todo = [], [pid]
    while todo:
        new = children.get(todo.pop(), [])
        found.extend(new)
        todo.extend(new)
    return found


def is_alive(pid: int) -> bool:
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(status.strip()) and not status.startswith("Z")


def test_it_serves_until_ctrl_c_and_leaves_nothing_behind(start: Start) -> None:
    running = start()
    wait_until(running.is_ready, "the web server to answer", START_SECONDS)
    family = descendants(running.process.pid)
    assert len(family) >= 4, "web, worker, clock and Valkey"

    running.press_ctrl_c()

    assert running.exit_code() == 0, running.output
    assert [pid for pid in family if is_alive(pid)] == []
    assert "Traceback" not in running.output
    valkey_log = (running.data_dir / "valkey/valkey.log").read_text()
    assert "Received SIGTERM" in valkey_log and "Received SIGINT" not in valkey_log, "Valkey is stopped last, by us"


def test_when_one_process_dies_all_stop_and_it_is_said(start: Start) -> None:
    running = start()
    wait_until(running.is_ready, "the web server to answer", START_SECONDS)
    family = descendants(running.process.pid)
    web = int(running.output.partition("web started (pid=")[2].partition(")")[0])

    os.kill(web, signal.SIGKILL)

    assert running.exit_code() == 1
    assert "ended by itself" in running.output
    wait_until(lambda: not any(is_alive(pid) for pid in family), "every process to be gone", STOP_SECONDS)


def test_a_port_in_use_is_one_sentence(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start(SIDESTAGE_PORT=str(port))
        assert running.exit_code() == 1
    assert one_line(running).startswith(f"Error: Sidestage cannot listen at 127.0.0.1:{port}")


def test_a_data_folder_that_cannot_be_written_is_one_sentence(start: Start) -> None:
    running = start(SIDESTAGE_DATA_DIR="/dev/null/sidestage")
    assert running.exit_code() == 1
    assert one_line(running).startswith("Error: The data folder /dev/null/sidestage cannot be written")


def test_a_database_that_is_not_there_is_said_without_a_traceback(start: Start) -> None:
    address = f"postgresql://hana:secret@127.0.0.1:{free_port()}/rooms"
    running = start(DATABASE_URL=address)
    assert running.exit_code() == 1
    assert "cannot be used" in running.output and "Traceback" not in running.output
    assert "secret" not in running.output


def test_an_old_python_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is Python 3\.9\."):
        entry.main()


def one_line(running: Running) -> str:
    (line,) = running.output.splitlines()
    return line
