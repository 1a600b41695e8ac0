"""Standard Webhooks: what is genuine is read, everything else is refused before it is read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from plugin.core.clock import now
from plugin.platforms import signature
from plugin.platforms.adapter import BadSignatureError, SecretKind
from plugin.platforms.secrets import new_secret

BODY = b'{"type":"participant.joined","room":"ama-1400","participant":{"id":"lina","name":"Lina"}}'


@pytest.fixture
def secret() -> str:
    return new_secret(SecretKind.EVENTS)


def signed(secret: str, body: bytes = BODY, message_id: str = "msg_1", minutes_off: float = 0) -> dict[str, str]:
    """Sign as any Standard Webhooks sender does, with the official package."""
    at = now() + timedelta(minutes=minutes_off)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def reason_of(secret: str, headers: dict[str, str], body: bytes = BODY) -> str:
    with pytest.raises(BadSignatureError) as refusal:
        signature.verify([secret], headers, body)
    return refusal.value.reason


def test_a_genuine_message_gives_its_id(secret: str) -> None:
    assert signature.verify([secret], signed(secret), BODY) == "msg_1"


def test_what_we_sign_the_official_package_verifies(secret: str) -> None:
    headers = signature.sign([new_secret(SecretKind.ACTIONS), secret], "act_1", now(), BODY.decode())
    assert Webhook(secret).verify(BODY, headers)["room"] == "ama-1400"


def test_the_former_secret_counts_beside_the_new_one(secret: str) -> None:
    newer = new_secret(SecretKind.EVENTS)
    assert signature.verify([newer, secret], signed(secret), BODY) == "msg_1"
    assert signature.verify([newer, secret], signed(newer), BODY) == "msg_1"


@pytest.mark.parametrize("minutes_off", [-5.1, 5.1, -600, 600])
def test_a_stale_message_is_refused(secret: str, minutes_off: float) -> None:
    assert reason_of(secret, signed(secret, minutes_off=minutes_off)) == "stale_timestamp"


def test_five_minutes_of_difference_are_tolerated(secret: str) -> None:
    for minutes_off in (-4.9, 4.9):
        assert signature.verify([secret], signed(secret, minutes_off=minutes_off), BODY) == "msg_1"


@pytest.mark.parametrize("name", signature.HEADERS)
def test_a_missing_header_is_refused(secret: str, name: str) -> None:
    headers = signed(secret)
    del headers[name]
    assert reason_of(secret, headers) == "missing_headers"


def test_flipping_any_byte_of_the_body_is_noticed(secret: str) -> None:
    headers = signed(secret)
    for position in range(len(BODY)):
        changed = BODY[:position] + bytes([BODY[position] ^ 1]) + BODY[position + 1 :]
        assert reason_of(secret, headers, changed) == "bad_signature"


@pytest.mark.parametrize("name", signature.HEADERS)
def test_changing_any_letter_of_a_header_is_noticed(secret: str, name: str) -> None:
    headers = signed(secret)
    value = headers[name]
    for position in range(len(value)):
        letter = "A" if value[position] != "A" else "B"
        changed = {**headers, name: value[:position] + letter + value[position + 1 :]}
        # The last letter of base64 may carry unused bits: then the signature is still the same bytes.
        if name == "webhook-signature" and position >= len(value) - 2:
            continue
        assert reason_of(secret, changed) in {"bad_signature", "stale_timestamp"}


@pytest.mark.parametrize(
    "value", ["v1", "v1,", "v1,###", "v1a,AAAA", "v2,AAAA", ",", "v1,é", "v1," + "A" * 10_000, "nonsense " * 50]
)
def test_a_strange_signature_is_refused_not_crashed_on(secret: str, value: str) -> None:
    assert reason_of(secret, {**signed(secret), "webhook-signature": value}) == "bad_signature"


@pytest.mark.parametrize("value", ["nan", "inf", "-1e400", "now", "9" * 30])
def test_a_strange_timestamp_is_refused_not_crashed_on(secret: str, value: str) -> None:
    assert reason_of(secret, {**signed(secret), "webhook-timestamp": value}) in {"bad_signature", "stale_timestamp"}


def test_bytes_that_are_no_text_are_refused(secret: str) -> None:
    assert reason_of(secret, signed(secret), b"\xff\xfe\x00") == "bad_signature"


def test_a_huge_body_is_not_even_hashed(secret: str) -> None:
    body = b"x" * (signature.MAX_BODY_BYTES + 1)
    assert reason_of(secret, signed(secret, body), body) == "too_large"


def test_without_a_secret_nothing_is_genuine(secret: str) -> None:
    with pytest.raises(BadSignatureError):
        signature.verify([], signed(secret), BODY)


def test_another_install_s_secret_opens_nothing(secret: str) -> None:
    assert reason_of(secret, signed(new_secret(SecretKind.EVENTS))) == "bad_signature"
