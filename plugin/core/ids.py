"""Identifiers nobody can guess: a typed prefix and 128 random bits."""

from __future__ import annotations

import base64
import secrets


def new_id(prefix: str) -> str:
    """Return e.g. ``qst_3f2k…``: the prefix names the kind, the rest is 128 random bits (26 letters)."""
    letters = base64.b32encode(secrets.token_bytes(16)).decode("ascii")
    return f"{prefix}_{letters.rstrip('=').lower()}"
