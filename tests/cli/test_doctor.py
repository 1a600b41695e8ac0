"""`doctor`: what is broken is named with its remedy, and the exit code says whether anything is."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from plugin import manifest
from plugin.cli.checks import HEARTBEAT_KEY
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.redis_client import client
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import installs, sightings
from plugin.platforms.adapter import SecretKind
from plugin.platforms.models import Install
from plugin.platforms.secrets import new_secret
from tests.cli.conftest import Command
from tests.platforms.home_grown_host import HomeGrownHost
from tests.servers.ports import free_port
from workers.heartbeat import KEY


def shows_life(part: str, seconds_ago: int = 0) -> None:
    client().set(HEARTBEAT_KEY + part, (now() - timedelta(seconds=seconds_ago)).isoformat())


@pytest.fixture
def alive(operator: Flask) -> None:
    for part in ("worker", "beat"):
        shows_life(part)


def test_it_reads_the_workers_heartbeat() -> None:
    assert HEARTBEAT_KEY == KEY


@pytest.mark.usefixtures("alive")
def test_all_well_is_exit_code_0(run: Command) -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "problem" not in result.output
    assert "No audio server is attached." in result.output and "python -m plugin install livekit" in result.output


def test_silent_processes_are_a_problem_with_a_remedy(run: Command) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "No sign of life from the worker" in result.output and "No sign of life from the beat" in result.output
    assert "python -m plugin run" in result.output


@pytest.mark.usefixtures("alive")
def test_an_old_heartbeat_is_none(run: Command) -> None:
    shows_life("beat", seconds_ago=45)
    result = run("doctor")
    assert "The worker works" in result.output and "No sign of life from the beat" in result.output


def test_redis_away_is_said_once(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    result = run("doctor")
    assert result.exit_code == 1
    assert result.output.count("problem") == 1 and "Redis does not answer" in result.output


def test_a_database_away_is_a_sentence(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/x.db")
    result = run("doctor")
    assert result.exit_code == 1
    assert "cannot be used" in result.output and "Traceback" not in result.output


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("address", "sentence"),
    [("http://questions.example", "is not encrypted"), ("questions.example", "which is no address")],
)
def test_an_address_that_will_not_do(
    run: Command, monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    monkeypatch.setenv("SIDESTAGE_PUBLIC_URL", address)
    result = run("doctor")
    assert result.exit_code == 1 and sentence in result.output


@pytest.mark.usefixtures("alive")
def test_https_is_right(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDESTAGE_PUBLIC_URL", "https://questions.example")
    assert run("doctor").exit_code == 0


@pytest.fixture
def install(operator: Flask) -> Install:
    with unit_of_work():
        return installs.create(
            "generic",
            host_id="https://rooms.example",
            action_url=f"http://127.0.0.1:{free_port()}/plugin-actions",
            allows_private_addresses=True,
            granted_actions=["participant.promote"],
        )


@pytest.mark.usefixtures("alive")
def test_a_server_that_does_not_answer_and_never_spoke(run: Command, install: Install, public_port: int) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "is pending: no event was seen yet" in result.output
    assert f"http://127.0.0.1:{public_port}/hooks/{install.id}/generic" in result.output
    assert "does not do what we ask: The server cannot be reached." in result.output


@pytest.mark.usefixtures("alive")
def test_a_server_that_works_and_whoever_pretends_to_be_it(run: Command, install: Install) -> None:
    host = HomeGrownHost(install.secrets["actions"]["current"]).start()
    try:
        with unit_of_work():
            session().get_one(Install, install.id).action_url = host.url
        sightings.note_event(install.id)
        sightings.note_action(install.id)
        sightings.note_refusal(install.id, "bad_signature")
        result = run("doctor")
    finally:
        host.stop()
    assert result.exit_code == 0, result.output
    assert "is active; last event 0 s ago" in result.output
    assert "a webhook with a bad signature came 0 s ago" in result.output
    assert "its clock agrees with ours" in result.output
    assert not any(entry["current"] in result.output for entry in install.secrets.values())


@pytest.mark.usefixtures("alive")
def test_a_lost_key_is_told_with_its_remedy(run: Command, install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDESTAGE_SECRET_KEY", new_secret(SecretKind.PANEL))
    result = run("doctor")
    assert result.exit_code == 1
    assert "Put the former key back" in result.output and "Traceback" not in result.output


def test_a_manifest_that_says_too_much_stops_the_start(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = {**manifest.manifest().document, "is_admin": True}
    path = tmp_path / "plugin.json"
    path.write_text(json.dumps(document))
    monkeypatch.setitem(manifest._PLACES, "plugin.json", (path,))
    manifest.manifest.cache_clear()
    try:
        result = run("doctor")
    finally:
        monkeypatch.undo()
        manifest.manifest.cache_clear()
    assert result.exit_code == 1
    assert "plugin.json, at /is_admin: unknown key" in result.output and "Traceback" not in result.output


@pytest.mark.usefixtures("alive")
def test_machines_read_it_too(run: Command) -> None:
    findings = json.loads(run("doctor", "--json").output)
    assert {finding["verdict"] for finding in findings} == {"ok", "note"}
    assert all(set(finding) == {"verdict", "what", "fix"} for finding in findings)
