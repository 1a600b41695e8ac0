"""Columns that a stolen database does not open: JSON under the app's secret key, which is never stored in it."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_PURPOSE = b"sidestage installs v1"


class WrongKeyError(Exception):
    """The stored secrets were encrypted under another secret key."""


class EncryptedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object, encrypted on its way in and decrypted on its way out.

    Assign a new dict to change it: changes inside the dict are not noticed.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """Encrypt under the newest key."""
        if value is None:
            return None
        return _current_fernet().encrypt(json.dumps(value, sort_keys=True).encode()).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Decrypt with whichever key fits."""
        if value is None:
            return None
        try:
            decrypted = json.loads(_current_fernet().decrypt(value.encode("ascii")))
        except InvalidToken as error:
            raise WrongKeyError(
                "The stored install secrets do not open with this SIDESTAGE_SECRET_KEY. "
                "Put the former key back, or name it in SIDESTAGE_OLD_SECRET_KEYS."
            ) from error
        return dict(decrypted)


def _current_fernet() -> MultiFernet:
    newest = str(current_app.config["SIDESTAGE_SECRET_KEY"])
    older = current_app.config.get("SIDESTAGE_OLD_SECRET_KEYS") or ()
    return _fernet((newest, *map(str, older)))


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
