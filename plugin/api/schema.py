"""The base of every schema: an unknown field is an error, never ignored."""

from __future__ import annotations

from marshmallow import RAISE
from marshmallow import Schema as _Schema


class Schema(_Schema):
    """A request or response body."""

    class Meta:
        """Refuse what we do not know."""

        unknown = RAISE
