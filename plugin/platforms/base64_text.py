"""Base64 with one spelling: decoders skip foreign letters and spare bits, so that many texts mean the same bytes."""

from __future__ import annotations

import base64


def has_one_spelling(encoded: str, *, is_urlsafe: bool = False) -> bool:
    """Whether an encoder writes its bytes exactly so; ``is_urlsafe`` is base64url without padding, as in a JWT."""
    try:
        if is_urlsafe:
            decoded = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            return base64.urlsafe_b64encode(decoded).rstrip(b"=") == encoded.encode("ascii")
        return base64.b64encode(base64.b64decode(encoded)) == encoded.encode("ascii")
    except ValueError:
        return False
