"""The bodies of the backchannel's requests and answers."""

from __future__ import annotations

from marshmallow import fields

from plugin.api.schema import Schema


class SettingsBody(Schema):
    """Whether people who come backstage later see what was said before."""

    shows_history = fields.Boolean(required=True)


class SettingsAnswer(Schema):
    """How the backchannel works."""

    conversation_id = fields.String()
    shows_history = fields.Boolean()
    version = fields.Integer()
