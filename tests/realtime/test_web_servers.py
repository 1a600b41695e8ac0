"""The socket is also parked on Flask's own server; a server that ends TLS itself is told why it cannot be."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from websockets.exceptions import InvalidStatus
from werkzeug.serving import make_server

from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.recorder import record
from plugin.realtime.runtime import REALTIME
from plugin.realtime.tickets import Tickets
from tests.realtime import stand_in
from tests.realtime.conftest import StartWeb
from tests.realtime.panel_client import PanelClient, open_socket


class DevelopmentServer:
    """Flask's own threaded server in this process; it answers what `PanelClient` asks of a web process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.socket_url = f"ws://127.0.0.1:{self._server.server_port}/api/v1/socket"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def ticket(self, name: str) -> str:
        return REALTIME.of(self.app).tickets.issue(f"pse_{name}", f"acc_{name}")

    def tell(self, channel: str, text: str) -> None:
        with self.app.app_context(), unit_of_work():
            record(stand_in.StandInTold(channels=[channel], texts=[text]))

    def stop(self) -> None:
        REALTIME.of(self.app).close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def servers(stand_in_database: str) -> Iterator[list[DevelopmentServer]]:
    """Two apps in one process, on one database, without Redis, with different keys."""
    apps = [stand_in.create_app(stand_in_database, secret_key=key, namespace=key) for key in ("one", "two")]
    made = [DevelopmentServer(app) for app in apps]
    yield made
    for server in made:
        server.stop()


def test_a_socket_is_parked_on_flasks_own_server(servers: list[DevelopmentServer], channel: str) -> None:
    server = servers[0]
    lina = PanelClient(server, "lina")
    lina.subscribe(channel)
    threads = threading.active_count()
    server.tell(channel, "hello")
    assert lina.wait_for_text("hello")["seq"] == 1
    assert threading.active_count() <= threads
    lina.close()


def test_two_apps_in_one_process_share_nothing(servers: list[DevelopmentServer], channel: str) -> None:
    one, two = servers
    here, there = PanelClient(one, "lina"), PanelClient(two, "lina")
    for client in (here, there):
        client.subscribe(channel)
    one.tell(channel, "through the first")
    assert here.wait_for_text("through the first", seconds=0.8)
    with pytest.raises(InvalidStatus, match="403"):
        open_socket(two.socket_url, one.ticket("lina"))
    REALTIME.of(one.app).close()
    assert here.wait_until_closed() == 1012
    there.say(type="ping")
    assert there.wait_for("heartbeat")
    there.close()


def certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate for loopback that lives a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate_path, key_path = directory / "certificate.pem", directory / "key.pem"
    certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(private)
    return certificate_path, key_path


@pytest.mark.redis
def test_a_server_that_ends_tls_itself_is_told_why_not(start_web: StartWeb, tmp_path: Path) -> None:
    certificate_path, key_path = certificate(tmp_path)
    web = start_web(options=("--certfile", str(certificate_path), "--keyfile", str(key_path)))
    trusting = ssl.create_default_context(cafile=str(certificate_path))
    trusting.check_hostname = False
    ticket = Tickets("stand-in", None, "").issue("pse_lina", "acc_lina")
    with pytest.raises(InvalidStatus) as caught:
        open_socket(web.socket_url.replace("ws:", "wss:"), ticket, ssl=trusting)
    assert caught.value.response.status_code == 501
    assert caught.value.response.body is not None
    problem = json.loads(caught.value.response.body)
    assert problem["code"] == "tls_in_server" and "reverse proxy" in problem["detail"]
