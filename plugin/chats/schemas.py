"""The shapes of what the chats' routes take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from plugin.api.schema import Schema
from plugin.chats.models import History, Invites
from plugin.chats.policy import GROUP_MAX
from plugin.messaging.models import MemberRole

_ID = validate.Length(min=1, max=40)
_NAME = validate.Length(max=200)
_PEOPLE = validate.Length(min=1, max=GROUP_MAX)


class FirstMessageBody(Schema):
    """What is said to one person."""

    text = fields.String(required=True, validate=validate.Length(max=20_000))
    client_id = fields.String(required=True, validate=validate.Length(min=1, max=64))


class PeopleArguments(Schema):
    """A part of a name."""

    q = fields.String(load_default="", validate=validate.Length(max=100))


class StartBody(Schema):
    """Whom to ask into a new group."""

    account_ids = fields.List(fields.String(validate=_ID), required=True, validate=_PEOPLE)
    name = fields.String(load_default=None, allow_none=True, validate=_NAME)
    history = fields.String(load_default=History.JOINING, validate=validate.OneOf(list(History)))


class AddBody(Schema):
    """Whom to add."""

    account_ids = fields.List(fields.String(validate=_ID), required=True, validate=_PEOPLE)


class ChangeBody(Schema):
    """What to change about a group."""

    name = fields.String(allow_none=True, validate=_NAME)
    history = fields.String(validate=validate.OneOf(list(History)))


class RoleBody(Schema):
    """What a member becomes."""

    role = fields.String(required=True, validate=validate.OneOf(list(MemberRole)))


class PreferencesBody(Schema):
    """Who may add the person to groups."""

    group_invites = fields.String(required=True, validate=validate.OneOf(list(Invites)))


class PersonAnswer(Schema):
    """Somebody by name."""

    account_id = fields.String(required=True)
    name = fields.String(required=True)


class PeopleAnswer(Schema):
    """People by name."""

    items = fields.List(fields.Nested(PersonAnswer), required=True)


class DirectAnswer(Schema):
    """The chat with one person, made or not."""

    person = fields.Nested(PersonAnswer, required=True)
    conversation_id = fields.String(required=True, allow_none=True)
    audience = fields.Dict(required=True)
    can = fields.Dict(required=True)


class SentAnswer(Schema):
    """What was said, and the chat in which it stands."""

    message = fields.Dict(required=True)
    conversation = fields.Dict(required=True)


class GroupAnswer(Schema):
    """A group as a member sees it."""

    conversation = fields.Dict(required=True)
    history = fields.String(required=True)
    asked = fields.List(fields.Nested(PersonAnswer), required=True)


class RequestAnswer(Schema):
    """One group that asks the person in."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    invited_by = fields.Nested(PersonAnswer, required=True)
    invited_at = fields.String(required=True)
    member_count = fields.Integer(required=True)


class RequestsAnswer(Schema):
    """The groups that ask the person in, the latest first."""

    items = fields.List(fields.Nested(RequestAnswer), required=True)


class GroupNameAnswer(Schema):
    """A group by name."""

    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)


class GroupNamesAnswer(Schema):
    """Groups by name."""

    items = fields.List(fields.Nested(GroupNameAnswer), required=True)


class PreferencesAnswer(Schema):
    """What the person has chosen."""

    group_invites = fields.String(required=True)
