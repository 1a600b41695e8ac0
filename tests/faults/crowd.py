"""People who ask and vote without pause, and note what the server acknowledged: the ledger that must come out right."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tests.journeys.room_host import RoomHost
from tests.servers.panel import Panel

PATIENCE_SECONDS = 40.0


@dataclass
class Ledger:
    """What was acknowledged: questions by id with their text, votes by (question, person); and how it went."""

    questions: dict[str, str] = field(default_factory=dict)
    votes: set[tuple[str, str]] = field(default_factory=set)
    hands: set[str] = field(default_factory=set)
    sent_texts: set[str] = field(default_factory=set)
    retries: int = 0
    replays: int = 0
    slowest_seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


class Crowd:
    """Some threads; in each one person after another comes, asks once, votes and raises a hand.

    ``urls`` are the web processes they choose among, as behind a balancer that notices nothing.
    """

    def __init__(self, host: RoomHost, urls: list[str], *, threads: int, seed: int) -> None:
        self.host, self.urls = host, urls
        self.ledger = Ledger()
        self._numbers = itertools.count(1)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._come, args=[seed * 1000 + n], daemon=True) for n in range(threads)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let everybody finish what they began."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + 10)

    def _come(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._stop.is_set():
            try:
                self._one_person(chance)
            except Exception as error:
                self.ledger.problems.append(f"{type(error).__name__}: {error}")
                return

    def _one_person(self, chance: random.Random) -> None:
        name = f"Person {next(self._numbers)}"
        panel = self._sign_in(name, chance)
        text = f"What does {name} want to know, number {chance.randrange(10**9)}?"
        body = {"text": text, "voice": "read", "client_id": uuid4().hex}
        self.ledger.sent_texts.add(text)
        asked = self._until_acknowledged(panel, chance, "POST", "/questions", body)
        self.ledger.questions[asked["id"]] = text
        others = [known for known in list(self.ledger.questions) if known != asked["id"]]
        for question_id in chance.sample(others, min(3, len(others))):
            self._until_acknowledged(panel, chance, "PUT", f"/questions/{question_id}/vote", {})
            self.ledger.votes.add((question_id, name))
        self._until_acknowledged(panel, chance, "POST", "/hands", {"reason": name})
        self.ledger.hands.add(name)

    def _sign_in(self, name: str, chance: random.Random) -> Panel:
        for _ in _patience():
            try:  # a panel that got no answer asks its page for another token
                return self.host.panel(name, url=chance.choice(self.urls))
            except (requests.RequestException, AssertionError):
                self.ledger.retries += 1
        raise TimeoutError(f"{name} could not sign in")

    def _until_acknowledged(self, panel: Panel, chance: random.Random, method: str, path: str, body: Any) -> Any:
        """Send it again under the same key, at whichever process, until somebody says that it is stored."""
        key = uuid4().hex
        for _ in _patience():
            panel.url = chance.choice(self.urls)
            began_at = time.monotonic()
            try:
                answer = panel.ask(method, path, body, key=key)
            except requests.RequestException:
                self.ledger.retries += 1
                continue
            self.ledger.slowest_seconds = max(self.ledger.slowest_seconds, time.monotonic() - began_at)
            if answer.ok:
                self.ledger.replays += "Idempotent-Replay" in answer.headers
                return answer.json()
            assert answer.status_code in {429, 500, 502, 503}, f"{method} {path}: {answer.status_code} {answer.text}"
            self.ledger.retries += 1
        raise TimeoutError(f"{method} {path} was never acknowledged")


def _patience() -> Iterator[None]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)
