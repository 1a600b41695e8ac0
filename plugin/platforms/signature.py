"""Standard Webhooks both ways: proves who sent a body, and lets a secret be changed without losing a message."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from plugin.platforms.adapter import BadSignatureError
from plugin.platforms.base64_text import has_one_spelling

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
#: How far the sender's clock may be from ours, either way; the package enforces it.
TOLERANCE_SECONDS = 300
#: More than any honest event needs, and little enough to hash without noticing.
MAX_BODY_BYTES = 64 * 1024
MAX_ID_LENGTH = 120


def verify(secrets: Sequence[str], headers: Mapping[str, str], raw: bytes) -> str:
    """Check the raw body against each secret that is valid now; return the message's id, else `BadSignatureError`."""
    message_id = headers.get("webhook-id", "")
    if not all(headers.get(name) for name in HEADERS):
        raise BadSignatureError("missing_headers")
    if len(message_id) > MAX_ID_LENGTH or len(raw) > MAX_BODY_BYTES:
        raise BadSignatureError("too_large")
    if not _is_plainly_spelled(headers):
        raise BadSignatureError("bad_signature")
    reasons = [reason for secret in secrets if (reason := _refusal(secret, headers, raw))]
    if len(reasons) == len(secrets):
        raise BadSignatureError(reasons[0] if reasons else "no_secret")
    return message_id


def _is_plainly_spelled(headers: Mapping[str, str]) -> bool:
    """A time and a signature have one spelling each: decoders overlook letters, and then two texts pass as one."""
    timestamp = headers["webhook-timestamp"]
    signatures = [each.removeprefix("v1,") for each in headers["webhook-signature"].split(" ") if each[:3] == "v1,"]
    is_plain_time = timestamp.isascii() and timestamp.isdecimal() and str(int(timestamp[:20])) == timestamp
    return is_plain_time and all(has_one_spelling(each) for each in signatures)


def _refusal(secret: str, headers: Mapping[str, str], raw: bytes) -> str | None:
    try:
        Webhook(secret).verify(raw, {name: headers[name] for name in HEADERS}, json_parse=False)
    except WebhookVerificationError as error:
        return "stale_timestamp" if "timestamp" in str(error) else "bad_signature"
    except (ValueError, OverflowError):  # broken base64, a version without signature, bytes that are no text
        return "bad_signature"
    return None


def sign(secrets: Sequence[str], message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers that prove a body is ours, signed under every secret that is valid now."""
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def challenge_response(secret: str, challenge: str) -> str:
    """Answer a verify challenge: only who holds the actions secret can (unlike an echo)."""
    key = b64decode(secret.removeprefix("whsec_"))
    return hmac.new(key, challenge.encode(), hashlib.sha256).hexdigest()
