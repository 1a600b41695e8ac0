"""One-time setup codes: an admin hands one to a host, the host trades it for an install."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import ForbiddenError
from plugin.platforms.models import SetupCode

VALID_FOR = timedelta(hours=24)


class BadSetupCodeError(ForbiddenError):
    """The code was never given out, was used, or is too old; which of them is nobody's business."""

    code = "bad_setup_code"
    message = "This setup code is unknown, used or expired. Ask the Sidestage admin for a new one."


def create(*, allows_private_addresses: bool = False, valid_for: timedelta = VALID_FOR) -> str:
    """Make a code and return it; it is shown this once, only its hash is kept.

    ``allows_private_addresses`` lets the host's action URL point into the own network, which only an admin may decide.
    """
    letters = base64.b32encode(secrets.token_bytes(10)).decode("ascii")
    code = "SETUP-" + "-".join(letters[start : start + 4] for start in range(0, 16, 4))
    session().add(
        SetupCode(
            code_hash=_hash(code),
            allows_private_addresses=allows_private_addresses,
            expires_at=now() + valid_for,
        )
    )
    return code


def redeem(code: str) -> SetupCode:
    """Use a code up and return its row; a second use is refused, also when both come at once."""
    row = session().get(SetupCode, _hash(code.strip().upper()), with_for_update=True, populate_existing=True)
    if row is None or row.used_at is not None or row.expires_at <= now():
        raise BadSetupCodeError()
    row.used_at = now()
    return row


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
