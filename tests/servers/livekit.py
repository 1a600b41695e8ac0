"""A real LiveKit server on loopback: single node, no Redis, not `--dev`, with webhooks where a test wants them."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from livekit import api

from tests.servers.audio_client import AudioClient, ClientLoop
from tests.servers.ports import free_port, is_listening
from tests.servers.process import ServerProcess
from tests.servers.programs import livekit_program
from tests.servers.webhook_sink import WebhookSink

KEY = "APIsidestagetest"
SECRET = "a-secret-for-tests-and-for-nothing-else-with-more-than-64-characters"

CONFIGURATION = """\
port: {port}
bind_addresses: ["127.0.0.1"]
rtc:
  tcp_port: {tcp_port}
  udp_port: {udp_port}
  use_external_ip: false
  node_ip: 127.0.0.1
  interfaces: {{ includes: [{loopback}] }}
  enable_loopback_candidate: true
keys: {{ {key}: "{secret}" }}
"""


class LiveKitServer:
    """Started, stopped and started again as a test wishes; the configuration is that of docs/adapters/livekit.md."""

    key = KEY
    secret = SECRET

    def __init__(self, more_configuration: str = "") -> None:
        """`more_configuration` is appended to livekit.yaml; the adapter's own snippet fits there."""
        program = livekit_program()
        if program is None:
            raise RuntimeError("The LiveKit server is not built.")
        self.directory = Path(tempfile.mkdtemp(prefix="sidestage-livekit-"))
        self.port = free_port()
        self._path = self.directory / "livekit.yaml"
        self._ports = {"port": self.port, "tcp_port": free_port(), "udp_port": free_udp_port()}
        self.configure(more_configuration)
        command: list[str | Path] = [program, "--config", self._path]
        self.process = ServerProcess(command, self.directory, lambda: is_listening(self.port))

    def configure(self, more_configuration: str) -> None:
        """Write livekit.yaml anew; it counts from the next start."""
        basis = CONFIGURATION.format(**self._ports, loopback=loopback(), key=KEY, secret=SECRET)
        self._path.write_text(basis + more_configuration)

    @property
    def url(self) -> str:
        """The address clients are given."""
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> LiveKitServer:
        """Start and wait until it listens."""
        self.process.start()
        return self

    def stop(self) -> None:
        """End it at once (asked politely it would wait for its rooms to empty); clients lose their connection."""
        self.process.kill()

    def restart(self) -> None:
        """End it, if it runs, and start it again."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it and delete its folder."""
        self.stop()
        shutil.rmtree(self.directory)


def join_token(room: str, identity: str, *, can_publish: bool = False, **changes: object) -> str:
    """A join token as a site makes it with the official package; ``changes`` are further video grants and claims."""
    attributes = changes.pop("attributes", None)
    grants = api.VideoGrants(room_join=True, room=room, can_publish=can_publish, **changes)  # type: ignore[arg-type]
    token = api.AccessToken(KEY, SECRET).with_identity(identity).with_name(identity.title()).with_grants(grants)
    if isinstance(attributes, dict):
        token = token.with_attributes(attributes)
    return token.to_jwt()


def free_udp_port() -> int:
    """A UDP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def loopback() -> str:
    """The name of the loopback interface: `lo` on Linux, `lo0` on macOS."""
    return next(name for _, name in socket.if_nameindex() if name.startswith("lo"))


@pytest.fixture(scope="session")
def livekit_sink() -> Iterator[WebhookSink]:
    """Where the shared LiveKit server sends its webhooks."""
    with WebhookSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def livekit_server(livekit_sink: WebhookSink) -> Iterator[LiveKitServer]:
    """A LiveKit server that lasts as long as this test process; tests use rooms of their own."""
    server = LiveKitServer(webhook_section(livekit_sink.url)).start()
    yield server
    server.remove()


def webhook_section(*urls: str) -> str:
    """The part of livekit.yaml that sends every webhook to these addresses."""
    return f"webhook:\n  api_key: {KEY}\n  urls: [{', '.join(urls)}]\n"


@pytest.fixture(scope="session")
def client_loop() -> Iterator[ClientLoop]:
    """The event loop in which all audio clients live."""
    with ClientLoop() as loop:
        yield loop


@pytest.fixture
def audience(livekit_server: LiveKitServer, client_loop: ClientLoop) -> Iterator[Audience]:
    """People who join the shared server; who is still there at the end is taken out."""
    people = Audience(livekit_server.url, client_loop)
    yield people
    people.leave()


class Audience:
    """Real clients of one LiveKit server."""

    def __init__(self, url: str, loop: ClientLoop) -> None:
        self._url = url
        self._loop = loop
        self._clients: list[AudioClient] = []

    def join(self, room: str, identity: str, *, can_publish: bool = False, **changes: object) -> AudioClient:
        """Join with a token of our own making."""
        return self.join_with(join_token(room, identity, can_publish=can_publish, **changes))

    def join_with(self, token: str) -> AudioClient:
        """Join with this token."""
        client = AudioClient(self._loop)
        self._clients.append(client)
        client.join(self._url, token)
        return client

    def leave(self) -> None:
        """Everybody goes."""
        for client in self._clients:
            client.leave()
