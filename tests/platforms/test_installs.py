"""Installs: made by a one-time code, active once both directions were seen, and nothing usable in a stolen database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import InvalidError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import encryption, installs, secrets, setup_codes, sightings
from plugin.platforms.adapter import SecretKind
from plugin.platforms.models import AuditLine, Install, InstallStatus
from plugin.platforms.offers import Offer, missing_events
from plugin.platforms.registry import connection, current_registry
from plugin.platforms.setup_codes import BadSetupCodeError
from tests.platforms.home_grown_host import HomeGrownHost

OFFER = Offer(
    setup_code="",
    host_id="https://rooms.example",
    origin="https://rooms.example",
    action_url="https://rooms.example/plugin-actions",
    events=("room.started", "room.ended", "participant.joined", "participant.left"),
    actions=("participant.promote", "room.notice", "participant.fly"),
)


def new_code(**options: Any) -> str:
    with unit_of_work():
        return setup_codes.create(**options)


def accepted(**changes: Any) -> Install:
    offer = replace(OFFER, setup_code=changes.pop("setup_code", None) or new_code(), **changes)
    with unit_of_work():
        return installs.accept(offer)


@pytest.fixture
def host(app: Flask) -> Iterator[HomeGrownHost]:
    host = HomeGrownHost("whsec_" + "A" * 44).start()
    yield host
    host.stop()


def installed_at(host: HomeGrownHost) -> Install:
    code = new_code(allows_private_addresses=True)
    install = accepted(setup_code=code, action_url=host.url, origin="http://127.0.0.1:8000")
    host.actions_secret = install.secrets["actions"]["current"]
    return install


def test_a_code_opens_once(app: Flask) -> None:
    code = new_code()
    install = accepted(setup_code=f"  {code.lower()} ")  # as people paste it
    assert install.status == InstallStatus.PENDING
    with pytest.raises(BadSetupCodeError):
        accepted(setup_code=code)


def test_a_code_that_nobody_made_or_that_is_old_opens_nothing(app: Flask) -> None:
    code = new_code(valid_for=timedelta(hours=1))
    with pytest.raises(BadSetupCodeError):
        accepted(setup_code="SETUP-AAAA-AAAA-AAAA-AAAA")
    with time_machine.travel(now() + timedelta(minutes=61)), pytest.raises(BadSetupCodeError):
        accepted(setup_code=code)


def test_a_refused_offer_does_not_use_the_code_up(app: Flask) -> None:
    code = new_code()
    with pytest.raises(InvalidError):
        accepted(setup_code=code, origin="https://*.example")
    assert accepted(setup_code=code).id


def test_only_what_both_sides_declare_is_granted(app: Flask) -> None:
    install = accepted()
    assert install.granted_actions == ["events.join", "participant.promote", "room.notice"]
    assert "participant.fly" not in {each.value for each in connection(install).granted}


@pytest.mark.parametrize(
    "origin",
    [
        *("rooms.example", "ftp://rooms.example", "https://", "https://rooms.example/path", "https://rooms.example?x"),
        *("https://*.example", "https://rooms.example;script-src *", "https://a.example https://b.example"),
        *("http://rooms.example", "https://user@rooms.example", "javascript:alert(1)", "null", "*"),
    ],
)
def test_an_origin_that_would_widen_the_frame_policy_is_refused(app: Flask, origin: str) -> None:
    with pytest.raises(InvalidError):
        accepted(origin=origin)


@pytest.mark.parametrize(
    "url",
    [
        *("http://rooms.example/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x", "https://[::1]/x"),
        *("https://a.localhost/x", "ftp://rooms.example", "https://user:pw@rooms.example", "/plugin-actions", ""),
    ],
)  # fmt: skip
def test_an_action_address_inside_is_refused_unless_the_admin_allowed_it(app: Flask, url: str) -> None:
    with pytest.raises(InvalidError):
        accepted(action_url=url)


def test_the_host_must_name_people_by_panel_tokens(app: Flask) -> None:
    with pytest.raises(InvalidError):
        accepted(identity=("magic_link",))


def test_a_stolen_database_shows_no_secret(app: Flask) -> None:
    code = new_code()
    with unit_of_work():
        install = installs.create(
            "livekit", host_id="wss://live.example", config={"key": "APIx", "secret": "s3cret-api"}
        )
    known = [install.secrets[kind.value]["current"] for kind in SecretKind] + ["s3cret-api", code]
    rows = [
        json.dumps([str(value) for value in row])
        for table in ("installs", "setup_codes")
        for row in session().execute(text(f"SELECT * FROM {table}"))  # noqa: S608
    ]
    assert len(rows) == 2
    assert [secret for secret in known for row in rows if secret in row] == []


def test_secrets_survive_a_change_of_the_key_that_names_the_former_one(app: Flask) -> None:
    install = accepted()
    secret = install.secrets["events"]["current"]
    former = app.config["SIDESTAGE_SECRET_KEY"]
    app.config.update(
        SIDESTAGE_SECRET_KEY="another-secret-key-of-sufficient-length-0123", SIDESTAGE_OLD_SECRET_KEYS=(former,)
    )
    session().expire_all()
    assert session().get_one(Install, install.id).secrets["events"]["current"] == secret
    app.config["SIDESTAGE_OLD_SECRET_KEYS"] = ()
    session().expire_all()
    with pytest.raises(encryption.WrongKeyError, match="SIDESTAGE_OLD_SECRET_KEYS"):
        session().get_one(Install, install.id)


@pytest.mark.parametrize("kind", list(SecretKind))
def test_one_secret_rotates_alone_and_two_count_meanwhile(app: Flask, kind: SecretKind) -> None:
    install = accepted()
    before = secrets.valid_now(install.secrets)
    with unit_of_work():
        fresh = installs.rotate(install.id, kind, timedelta(hours=2))
    after = secrets.valid_now(session().get_one(Install, install.id).secrets)
    assert after[kind] == (fresh, before[kind][0])
    assert {other: after[other] for other in SecretKind if other is not kind} == {
        other: before[other] for other in SecretKind if other is not kind
    }
    with time_machine.travel(now() + timedelta(hours=2, seconds=1)):
        assert secrets.valid_now(session().get_one(Install, install.id).secrets)[kind] == (fresh,)


def test_a_second_rotation_ends_the_oldest_secret(app: Flask) -> None:
    install = accepted()
    oldest = install.secrets["panel"]["current"]
    with unit_of_work():
        installs.rotate(install.id, SecretKind.PANEL)
    with unit_of_work():
        installs.rotate(install.id, SecretKind.PANEL)
    assert oldest not in secrets.valid_now(session().get_one(Install, install.id).secrets)[SecretKind.PANEL]


def test_active_needs_an_event_and_an_action(app: Flask, host: HomeGrownHost) -> None:
    install = installed_at(host)
    first = installs.verify(install.id)
    assert (first.status, first.has_event, first.has_action) == (InstallStatus.PENDING, False, True)
    sightings.note_event(install.id)
    second = installs.verify(install.id)
    assert (second.status, second.has_event, second.has_action) == (InstallStatus.ACTIVE, True, True)


def test_an_action_that_worked_counts_as_seen(app: Flask, host: HomeGrownHost) -> None:
    install = installed_at(host)
    sightings.note_event(install.id)
    host.rooms["ama-1400"] = {"lina": {"id": "lina", "name": "Lina"}}
    current_registry().platform(install.id).promote("ama-1400", "lina")
    assert session().get_one(Install, install.id).status == InstallStatus.ACTIVE


def test_verify_says_what_stands_in_the_way(app: Flask, host: HomeGrownHost) -> None:
    install = installed_at(host)
    host.actions_secret = "whsec_" + "B" * 44
    seen = installs.verify(install.id)
    assert not seen.has_action and seen.status is InstallStatus.PENDING
    assert seen.problem and "401" in seen.problem


def test_missing_events_are_named(app: Flask) -> None:
    install = accepted(events=("room.started",))
    assert missing_events(install.offered_events) == ("room.ended", "participant.joined", "participant.left")


def test_a_disabled_install_is_gone_and_its_secrets_with_it(app: Flask) -> None:
    install = accepted()
    with unit_of_work():
        installs.disable(install.id)
    with pytest.raises(NotFoundError):
        installs.get(install.id)
    with pytest.raises(NotFoundError):
        current_registry().platform(install.id)
    assert session().get_one(Install, install.id).secrets == {}
    assert installs.frame_ancestors(install.id) == ()


def test_refusals_are_counted_not_piled_up(app: Flask) -> None:
    install = accepted()
    with time_machine.travel("2026-05-12T17:04:00Z", tick=False) as clock:
        for _ in range(5):
            sightings.note_refusal(install.id, "bad_signature")
        sightings.note_refusal(install.id, "stale_timestamp")
        clock.shift(61)
        sightings.note_refusal(install.id, "bad_signature")
    lines = session().scalars(select(AuditLine).order_by(AuditLine.id)).all()
    assert [(line.reason, line.times) for line in lines] == [
        ("bad_signature", 5),
        ("stale_timestamp", 1),
        ("bad_signature", 1),
    ]
    assert session().get_one(Install, install.id).last_bad_signature_at is not None


def test_only_the_install_s_own_origin_may_frame_its_panel(app: Flask) -> None:
    assert installs.frame_ancestors(accepted().id) == ("https://rooms.example",)
    assert installs.frame_ancestors("ins_nobody") == ()
