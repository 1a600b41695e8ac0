"""What a broken or hostile server does to the LiveKit adapter: faults that the real server cannot be made to show."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from plugin.platforms.livekit.adapter import LiveKitAdapter, permission_to_listen, permission_to_speak
from plugin.platforms.livekit.server_api import http_address
from plugin.rooms.ports import ActionError
from tests.platforms.livekit_bench import connection_to
from tests.servers.livekit import SECRET

ROOM, LINA = "ama-1400", "lina"
TWIRP = "/twirp/livekit.RoomService"
HTTP_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LISTENER = {"identity": LINA, "state": "ACTIVE", "permission": {"can_subscribe": True, "can_publish": False}}


@pytest.fixture
def stub(httpserver: HTTPServer) -> HTTPServer:
    return httpserver


@pytest.fixture
def adapter(stub: HTTPServer) -> LiveKitAdapter:
    return LiveKitAdapter(connection_to(stub.url_for("").replace("http://", "ws://")))


@contextmanager
def speaking(talk: Callable[[socket.socket], None]) -> Iterator[LiveKitAdapter]:
    """A server that accepts, reads a request and then says whatever `talk` says, byte by byte if it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                try:
                    talk(peer)
                except OSError:
                    return  # the adapter hung up, as it should

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield LiveKitAdapter(connection_to(f"ws://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join(10)


def seconds_until_error(adapter: LiveKitAdapter) -> float:
    started_at = time.monotonic()
    with pytest.raises(ActionError) as caught:
        adapter.participants(ROOM)
    assert not caught.value.is_final
    return time.monotonic() - started_at


def test_a_server_that_hangs_is_given_up_within_the_ports_time() -> None:
    def hang(peer: socket.socket) -> None:
        peer.settimeout(8)
        peer.recv(1)

    with speaking(hang) as adapter:
        assert seconds_until_error(adapter) < 5


def test_a_server_that_drips_is_given_up_within_the_ports_time() -> None:
    def drip(peer: socket.socket) -> None:
        peer.sendall(HTTP_OK + b"Content-Length: 4000\r\n\r\n")
        for _ in range(80):
            peer.sendall(b" ")
            time.sleep(0.1)  # the fault under test

    with speaking(drip) as adapter:
        assert seconds_until_error(adapter) < 5


def test_a_server_that_breaks_off_is_told_as_such() -> None:
    with speaking(lambda peer: peer.sendall(HTTP_OK + b'Content-Length: 4000\r\n\r\n{"partic')) as adapter:
        assert seconds_until_error(adapter) < 5


def test_a_server_that_never_ends_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.platforms.livekit.server_api.MAX_ANSWER_BYTES", 100_000)

    def flood(peer: socket.socket) -> None:
        peer.sendall(HTTP_OK + b"\r\n")
        while True:
            peer.sendall(b" " * 65_536)

    with speaking(flood) as adapter:
        assert seconds_until_error(adapter) < 5


@pytest.mark.parametrize("status", [302, 400, 429, 500, 502, 503])
def test_an_error_names_its_status_and_repeats_nothing(stub: HTTPServer, adapter: LiveKitAdapter, status: int) -> None:
    secretive = Response(
        "invalid token: eyJhbGciOi.x.y", status=status, headers={"Location": stub.url_for("/elsewhere")}
    )
    stub.expect_request(f"{TWIRP}/ListParticipants").respond_with_response(secretive)
    stub.expect_request("/elsewhere").respond_with_json({"participants": []})
    with pytest.raises(ActionError, match=str(status)) as caught:
        adapter.participants(ROOM)
    assert "eyJ" not in caught.value.message and not caught.value.is_final


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_final(stub: HTTPServer, adapter: LiveKitAdapter, status: int) -> None:
    stub.expect_request(f"{TWIRP}/ListParticipants").respond_with_data("permissions denied", status)
    with pytest.raises(ActionError, match="API key") as caught:
        adapter.participants(ROOM)
    assert caught.value.is_final


@pytest.mark.parametrize("answer", ["", "OK", "[]", "null", "{}", '{"participants": 7}', '{"participants": null}'])
def test_an_answer_of_another_server_is_not_taken_for_an_empty_room(
    stub: HTTPServer, adapter: LiveKitAdapter, answer: str
) -> None:
    stub.expect_request(f"{TWIRP}/ListParticipants").respond_with_data(answer, 200)
    with pytest.raises(ActionError, match="does not understand"):
        adapter.participants(ROOM)


@pytest.mark.parametrize("info", [{}, {"identity": LINA}, {**LISTENER, "permission": None}])
def test_a_permission_that_is_not_known_is_never_written(
    stub: HTTPServer, adapter: LiveKitAdapter, info: dict[str, object]
) -> None:
    stub.expect_request(f"{TWIRP}/GetParticipant").respond_with_json(info)
    with pytest.raises(ActionError, match="does not understand"):
        adapter.promote(ROOM, LINA)
    assert len(stub.log) == 1


def test_an_answer_that_does_not_show_the_right_is_no_confirmation(stub: HTTPServer, adapter: LiveKitAdapter) -> None:
    stub.expect_request(f"{TWIRP}/GetParticipant").respond_with_json(LISTENER)
    stub.expect_request(f"{TWIRP}/UpdateParticipant").respond_with_json(LISTENER)
    assert not adapter.promote(ROOM, LINA).is_confirmed


def test_each_call_carries_a_token_for_this_room_and_no_more(stub: HTTPServer, adapter: LiveKitAdapter) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(json.dumps({"participants": []}))

    stub.expect_request(f"{TWIRP}/ListParticipants").respond_with_handler(answer)
    adapter.participants(ROOM)
    said = json.loads(_segment(seen[0].headers["Authorization"].removeprefix("Bearer ")))
    assert said["video"] == {"roomAdmin": True, "room": ROOM}
    assert said["exp"] - said["nbf"] <= 90
    assert SECRET not in str(seen[0].headers)


def _segment(token: str) -> bytes:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@pytest.mark.parametrize("sources", [None, [], ["CAMERA"]])
def test_a_listener_gets_the_microphone_and_nothing_else(sources: list[str] | None) -> None:
    before = {"can_subscribe": True, "can_publish": False, "can_publish_data": True, "hidden": False, "new_flag": 7}
    after = permission_to_speak({**before, "can_publish_sources": sources})
    assert after == {**before, "can_publish": True, "can_publish_sources": ["MICROPHONE"]}


def test_a_speaker_keeps_what_they_have() -> None:
    everything = {"can_publish": True, "can_publish_sources": []}
    assert permission_to_speak(everything) == everything
    camera = {"can_publish": True, "can_publish_sources": ["CAMERA"]}
    assert permission_to_speak(camera) == {"can_publish": True, "can_publish_sources": ["CAMERA", "MICROPHONE"]}


def test_lowering_takes_the_right_to_publish_and_nothing_else() -> None:
    before = {
        "can_subscribe": True,
        "can_publish": True,
        "can_publish_sources": ["MICROPHONE"],
        "can_publish_data": True,
    }
    assert permission_to_listen(before) == {**before, "can_publish": False}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("wss://livekit.example.org", "https://livekit.example.org"),
        ("ws://127.0.0.1:7880/", "http://127.0.0.1:7880"),
        (" HTTPS://livekit.example.org/lk/ ", "https://livekit.example.org/lk"),
    ],
)
def test_the_address_clients_know_is_enough(url: str, address: str) -> None:
    assert http_address(url) == address


@pytest.mark.parametrize("url", ["", "livekit.example.org", "ftp://x", "https://", "file:///etc/passwd", "wss:///path"])
def test_what_is_no_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="wss://livekit.example.org"):
        http_address(url)
