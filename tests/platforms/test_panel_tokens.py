"""A host's panel tokens: short-lived, for one install and one room, and nothing else opens the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.platforms.adapter import BadTokenError, SecretKind
from plugin.platforms.generic import tokens
from plugin.platforms.secrets import new_secret
from plugin.rooms.ports import Identity

INSTALL, HOST, ROOM = "ins_rooms", "https://rooms.example", "ama-1400"


@pytest.fixture
def secret() -> str:
    return new_secret(SecretKind.PANEL)


def claims(**changes: Any) -> dict[str, Any]:
    issued_at = now()
    whole = {
        "iss": HOST,
        "aud": INSTALL,
        "sub": "lina",
        "name": "Lina",
        "room": ROOM,
        "role": "listener",
        "iat": issued_at,
        "exp": issued_at + timedelta(seconds=60),
        "jti": "once",
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def read(token: str, *secrets: str) -> Identity:
    return tokens.verify(token, secrets, install_id=INSTALL, issuer=HOST, room=ROOM)


def test_a_token_names_the_person_and_is_for_once(secret: str) -> None:
    identity = read(jwt.encode(claims(can_speak=False, locale="de"), secret), secret)
    assert (identity.platform_user_id, identity.name, identity.room) == ("lina", "Lina", ROOM)
    assert (identity.role, identity.can_speak, identity.locale) == (Role.LISTENER, False, "de")
    assert identity.token_id == "once"
    assert identity.expires_at > now()


def test_what_we_mint_we_accept(secret: str) -> None:
    token = tokens.mint(secret, install_id=INSTALL, issuer=HOST, room=ROOM, user_id="hana", name="Hana", role=Role.HOST)
    assert read(token, secret).role is Role.HOST


def test_during_a_rotation_both_secrets_count(secret: str) -> None:
    newer = new_secret(SecretKind.PANEL)
    assert read(jwt.encode(claims(), secret), newer, secret).name == "Lina"
    with pytest.raises(BadTokenError):
        read(jwt.encode(claims(), secret), newer)


@pytest.mark.parametrize("name", tokens.REQUIRED_CLAIMS)
def test_a_missing_claim_is_refused(secret: str, name: str) -> None:
    with pytest.raises(BadTokenError):
        read(jwt.encode(claims(**{name: None}), secret), secret)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "ins_other"}, "bad_panel_token"),
        ({"aud": [INSTALL, "ins_other"]}, "bad_panel_token"),
        ({"iss": "https://evil.example"}, "bad_panel_token"),
        ({"room": "another-room"}, "wrong_room"),
        ({"role": "owner"}, "unknown_role"),
        ({"role": ["host"]}, "unknown_role"),
        ({"sub": ""}, "bad_panel_token"),
        ({"sub": 7}, "bad_panel_token"),
        ({"name": "x" * 301}, "bad_panel_token"),
        ({"name": {"first": "Lina"}}, "bad_panel_token"),
        ({"is_guest": "yes"}, "bad_panel_token"),
        ({"exp": timedelta(hours=1)}, "panel_token_lives_too_long"),
        ({"iat": -timedelta(hours=1)}, "panel_token_lives_too_long"),
        ({"iat": -timedelta(seconds=130), "exp": -timedelta(seconds=40)}, "expired_panel_token"),
        ({"iat": timedelta(minutes=5), "exp": timedelta(minutes=6)}, "bad_panel_token"),
        ({"nbf": timedelta(minutes=5)}, "bad_panel_token"),
        ({"jti": " "}, "bad_panel_token"),
    ],
)
def test_a_token_that_does_not_fit_opens_nothing(secret: str, changes: dict[str, Any], code: str) -> None:
    moments = {name: now() + value for name, value in changes.items() if isinstance(value, timedelta)}
    with pytest.raises(BadTokenError) as refusal:
        read(jwt.encode(claims(**changes | moments), secret), secret)
    assert refusal.value.code == code


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_with_the_right_key(secret: str, algorithm: str) -> None:
    with pytest.raises(BadTokenError):
        read(jwt.encode(claims(), secret * 2, algorithm=algorithm), secret * 2)


def test_a_token_without_signature_is_refused(secret: str) -> None:
    with pytest.raises(BadTokenError):
        read(jwt.encode(claims(), "", algorithm="none"), secret)


def test_a_key_id_from_outside_is_not_followed(secret: str) -> None:
    token = jwt.encode(claims(), "another-key-that-is-long-enough-to-sign", headers={"kid": "../../etc/passwd"})
    with pytest.raises(BadTokenError):
        read(token, secret)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 1_000_000, "é.é.é", "..", "null"])
def test_rubbish_is_refused_not_crashed_on(secret: str, token: str) -> None:
    with pytest.raises(BadTokenError):
        read(token, secret)


def test_invisible_characters_do_not_reach_the_name(secret: str) -> None:
    assert read(jwt.encode(claims(name="Ha\u202ena\u200b  Host\n"), secret), secret).name == "Hana Host"
