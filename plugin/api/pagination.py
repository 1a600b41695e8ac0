"""Pages of long lists: a cursor says where the next one starts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from marshmallow import fields, validate

from plugin.api.schema import Schema
from plugin.core.errors import InvalidError

T = TypeVar("T")


class PageArguments(Schema):
    """What every list takes: where to go on, and how many at once."""

    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=100))


def encode_cursor(position: str) -> str:
    """Make an opaque cursor of a position."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """Return the position in a cursor; what we did not make is refused."""
    if not cursor:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidError("This cursor is not one of ours.", code="bad_cursor") from error


def page(rows: Sequence[T], limit: int, *, position: Callable[[T], str], render: Callable[[T], Any]) -> dict[str, Any]:
    """Build a page of ``limit`` items from ``limit + 1`` rows; the extra row says that there is more."""
    kept = rows[:limit]
    has_more = len(rows) > limit
    return {
        "items": [render(row) for row in kept],
        "next_cursor": encode_cursor(position(kept[-1])) if has_more and kept else None,
    }
