"""The operator's commands for audio servers: codes, secrets, and the LiveKit wizard against the real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from plugin.core.database import db, session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import installs, secrets
from plugin.platforms.adapter import SecretKind
from plugin.platforms.models import Install, InstallStatus, SetupCode
from plugin.platforms.registry import current_registry
from tests.cli.conftest import Command
from tests.servers.livekit import KEY, SECRET, Audience, LiveKitServer
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

PAGE = "https://rooms.example"


def only_install() -> Install:
    session().rollback()
    return session().scalars(select(Install).execution_options(populate_existing=True)).one()


def test_a_setup_code_stands_alone_on_its_line(run: Command) -> None:
    result = run("setup-code", "--allow-private", "--valid-hours", "2")
    assert result.exit_code == 0
    assert result.output.startswith("SETUP-") and result.output.count("\n") == 1
    assert session().scalars(select(SetupCode)).one().allows_private_addresses


def test_the_generic_wizard_says_what_to_do_with_the_code(run: Command, public_port: int) -> None:
    result = run("install", "generic")
    assert result.exit_code == 0
    assert f"http://127.0.0.1:{public_port}/.well-known/room-plugin.json" in result.output
    assert not session().scalars(select(SetupCode)).one().allows_private_addresses


def test_a_rotated_secret_is_shown_once_and_alone(run: Command, operator: Flask) -> None:
    with unit_of_work():
        install = installs.create("generic", host_id="https://rooms.example")
    before = install.secrets["panel"]["current"]
    result = run("rotate-secret", install.id, "panel", "--overlap-hours", "1")
    assert result.exit_code == 0, result.output
    valid = secrets.valid_now(only_install().secrets)[SecretKind.PANEL]
    assert valid == (result.stdout.strip(), before)
    assert before not in result.output


@pytest.mark.parametrize("words", [("ins_nobody", "panel"), ("ins_nobody", "everything")])
def test_a_secret_of_nobody_is_a_sentence(run: Command, words: tuple[str, str]) -> None:
    result = run("rotate-secret", *words)
    assert result.exit_code != 0
    assert "Traceback" not in result.output and "Error:" in result.output


def test_a_livekit_key_is_changed_by_the_wizard_not_here(run: Command, operator: Flask) -> None:
    with unit_of_work():
        install = installs.create(
            "livekit", host_id="wss://live.example", config={"url": "x", "key": "k", "secret": "s"}
        )
    result = run("rotate-secret", install.id, "events")
    assert result.exit_code == 1 and "install livekit" in result.output


def test_a_livekit_that_does_not_answer_is_not_kept(run: Command, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    result = run(
        *("install", "livekit", "--url", f"ws://127.0.0.1:{free_port()}", "--key", KEY),
        *("--secret-file", str(secret), "--origin", PAGE, "--wait", "0"),
    )
    assert result.exit_code == 1
    assert "Nothing answers" in result.output and "Nothing was kept" in result.output
    assert session().scalars(select(Install)).all() == []


@pytest.fixture
def web(operator: Flask, public_port: int) -> Iterator[None]:
    """Sidestage itself, where LiveKit sends its events."""
    server = make_server("127.0.0.1", public_port, operator, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.livekit
@pytest.mark.usefixtures("web")
class TestTheLiveKitWizard:
    def test_asks_checks_prints_the_lines_and_hears_the_first_event(
        self, run: Command, operator: Flask, server: LiveKitServer, audience: Audience
    ) -> None:
        admin = threading.Thread(target=self.follow_the_wizard, args=[operator, server, audience])
        admin.start()
        try:
            typed = f"{server.url}\n{KEY}\n{SECRET}\n{PAGE}/join?room=1\n"
            result = run("install", "livekit", "--wait", "60", typed=typed)
        finally:
            admin.join()
        assert result.exit_code == 0, result.output
        install = only_install()
        assert (install.status, install.origin) == (InstallStatus.ACTIVE, PAGE)
        assert f"http://127.0.0.1:{current_registry().settings.public_url.rsplit(':', 1)[1]}/hooks/" in result.output
        assert "its signature is right" in result.output and "is active" in result.output
        assert SECRET not in result.output

    @staticmethod
    def follow_the_wizard(operator: Flask, server: LiveKitServer, audience: Audience) -> None:
        """Do what the wizard's lines say: paste them, restart LiveKit, join."""
        with operator.app_context():
            found: list[Install] = []

            def is_kept() -> bool:
                session().rollback()
                found[:] = session().scalars(select(Install).where(Install.last_action_at.is_not(None)))
                return bool(found)

            wait_until(is_kept, "the wizard keeps the install", seconds=30)
            registry = current_registry()
            server.configure(registry.adapter(found[0]).admin_snippet(registry.hook_url(found[0])))
            db.session.remove()
        server.restart()
        audience.join("ama-1400", "lina")

    def test_may_be_run_again_and_keeps_the_former_key(
        self, run: Command, operator: Flask, server: LiveKitServer
    ) -> None:
        with unit_of_work():
            config = {"url": server.url, "key": "APIformer", "secret": "f" * 40}
            before = installs.create("livekit", host_id=server.url, config=config)
        typed = f"{server.url}\n{KEY}\n{SECRET}\n{PAGE}\n"
        result = run("install", "livekit", "--wait", "0", typed=typed)
        assert result.exit_code == 0, result.output
        install = only_install()
        assert install.id == before.id
        assert (install.config["key"], install.config["older_keys"]) == (KEY, {"APIformer": "f" * 40})
        assert "pending" in result.output

    def test_says_when_no_event_came(self, run: Command, server: LiveKitServer) -> None:
        typed = f"{server.url}\n{KEY}\n{SECRET}\n{PAGE}\n"
        result = run("install", "livekit", "--wait", "1", typed=typed)
        assert result.exit_code == 3
        assert "Nothing came" in result.output
