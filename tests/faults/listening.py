"""A panel's socket that comes back after every cut and resumes by its numbers."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.realtime.panel_client import open_socket
from tests.servers.panel import Panel


class Resuming:
    """Reads in a thread of its own; ``told`` keeps the numbered frames of each channel in the order they came."""

    def __init__(self, panel: Panel, urls: list[str]) -> None:
        self.panel, self.urls = panel, urls
        booted = panel.bootstrap()
        self.began_at: dict[str, int] = {each["name"]: each["seq"] for each in booted["channels"]}
        self.told: dict[str, list[dict[str, Any]]] = {name: [] for name in self.began_at}
        self.gaps: list[str] = []
        self.connections = 0
        self.recoveries: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Resuming:
        """Begin to listen."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join(10)

    def last(self, channel: str) -> int:
        """The number up to which everything came."""
        told = self.told[channel]
        return int(told[-1]["seq"]) if told else self.began_at[channel]

    def numbers(self, channel: str) -> list[int]:
        """The numbers that came, in order."""
        return [frame["seq"] for frame in self.told[channel]]

    def objects(self, kind: str) -> dict[str, dict[str, Any]]:
        """The newest of each object that was pushed."""
        found: dict[str, dict[str, Any]] = {}
        for frame in (frame for frames in self.told.values() for frame in frames):
            if one := frame["data"].get(kind):
                found[one["id"]] = one
        return found

    def _run(self) -> None:
        lost_at = time.monotonic()
        while not self._stop.is_set():
            for url in self.urls:
                try:
                    self.panel.url = url
                    self._listen(lost_at)
                except (OSError, requests.RequestException, AssertionError, ConnectionClosed, InvalidHandshake):
                    lost_at = time.monotonic()
                self._stop.wait(0.05)

    def _listen(self, lost_at: float) -> None:
        socket = open_socket(self.panel.socket_url, self.panel.ticket(), origin=self.panel.origin, open_timeout=3)
        try:
            wanted = [{"name": name, "seq": self.last(name)} for name in self.told]
            socket.send(json.dumps({"type": "subscribe", "channels": wanted}))
            self.connections += 1
            self.recoveries.append(time.monotonic() - lost_at)
            while not self._stop.is_set():
                try:
                    self._take(json.loads(socket.recv(timeout=0.2)))
                except TimeoutError:
                    continue
        finally:
            socket.close()

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "gap":
            self.gaps.append(frame["channel"])
        if frame["type"] == "push" and frame.get("seq") is not None:
            self.told[frame["channel"]].append(frame)
