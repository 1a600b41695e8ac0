"""The shapes of what the accounts' routes give."""

from __future__ import annotations

from marshmallow import fields

from plugin.api.schema import Schema


class RelationAnswer(Schema):
    """What the person has decided about another."""

    account_id = fields.String(required=True)
    is_followed = fields.Boolean(required=True)
    is_blocked = fields.Boolean(required=True)


class BlockAnswer(Schema):
    """One blocked person."""

    account_id = fields.String(required=True)
    name = fields.String(required=True)
    blocked_at = fields.String(required=True)


class BlockPage(Schema):
    """One page of the blocked, the latest first."""

    items = fields.List(fields.Nested(BlockAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
