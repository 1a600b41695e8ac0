"""A server whose answer drips is given up in time, whoever chose its address."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from plugin.platforms import outgoing


def test_a_dripping_answer_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=[listener], daemon=True)
        thread.start()
        started_at = time.monotonic()
        with pytest.raises(outgoing.UnreachableError, match="did not answer"):
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/actions"
            outgoing.post(url, b"{}", {}, allows_private_addresses=True)
        assert time.monotonic() - started_at < 2
        thread.join(10)


def _drip(listener: socket.socket) -> None:
    peer, _ = listener.accept()
    with peer:
        peer.recv(65_536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
        for _ in range(50):
            try:
                peer.sendall(b" ")
            except OSError:
                return  # given up, as it should be
            time.sleep(0.1)  # the fault under test
