"""The bodies of Q&A's requests and answers."""

from __future__ import annotations

from marshmallow import fields, validate

from plugin.api.pagination import PageArguments
from plugin.api.schema import Schema
from plugin.qa.models import Moderation, QuestionState, Voice, VoteCounts


class AskBody(Schema):
    """A question as it is typed; its length is judged after cleaning, by the service."""

    text = fields.String(required=True, validate=validate.Length(max=5000))
    voice = fields.Enum(Voice, by_value=True, load_default=Voice.READ)
    client_id = fields.String(required=True, validate=validate.Length(min=1, max=64))


class MoveBody(Schema):
    """Where a question should go."""

    to = fields.Enum(QuestionState, by_value=True, required=True)
    close_current = fields.Boolean(load_default=False)


class CloseCurrentBody(Schema):
    """Whether the question on stage is closed along with it."""

    close_current = fields.Boolean(load_default=False)


class AnsweredBody(Schema):
    """Whether the asker stays on stage."""

    keep_on_stage = fields.Boolean(load_default=False)


class RankBody(Schema):
    """Which queued question it should follow; null puts it first."""

    after_id = fields.String(required=True, allow_none=True, validate=validate.Length(max=40))


class SeenBody(Schema):
    """Questions that were on a host's screen for two seconds."""

    ids = fields.List(
        fields.String(validate=validate.Length(max=40)), required=True, validate=validate.Length(min=1, max=100)
    )


class SeenAnswer(Schema):
    """How many of them no host had seen before."""

    seen = fields.Integer(required=True)


class SettingsBody(Schema):
    """What should change in how the session wants its Q&A."""

    moderation = fields.Enum(Moderation, by_value=True)
    vote_counts = fields.Enum(VoteCounts, by_value=True)


class SettingsAnswer(Schema):
    """How the session wants its Q&A."""

    moderation = fields.String(required=True)
    vote_counts = fields.String(required=True)
    version = fields.Integer(required=True)


class ListArguments(PageArguments):
    """Which questions, in which order."""

    state = fields.Enum(QuestionState, by_value=True, load_default=None, allow_none=True)
    sort = fields.String(load_default="top", validate=validate.OneOf(["top", "new", "old", "random", "host"]))


class AuthorAnswer(Schema):
    """Who asked; the participant is named to hosts only."""

    name = fields.String(required=True)
    participant_id = fields.String(allow_none=True)


class LastChangeAnswer(Schema):
    """Who did what last."""

    by = fields.String(required=True, allow_none=True)
    by_participant_id = fields.String(required=True, allow_none=True)
    verb = fields.String(required=True)
    at = fields.String(required=True)


class QuestionAnswer(Schema):
    """A question, with as much as the person who asks may know."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in QuestionState]))
    voice = fields.String(required=True, validate=validate.OneOf([voice.value for voice in Voice]))
    votes = fields.Integer(required=True, allow_none=True)
    rank = fields.String(required=True, allow_none=True)
    asked_at = fields.String(required=True)
    stage_started_at = fields.String(required=True, allow_none=True)
    answered_at = fields.String(required=True, allow_none=True)
    author = fields.Nested(AuthorAnswer, required=True)
    version = fields.Integer(required=True)
    seen_at = fields.String(allow_none=True)
    is_first = fields.Boolean()
    guest_votes = fields.Integer()
    asker_present = fields.Boolean()
    last_change = fields.Nested(LastChangeAnswer, allow_none=True)
    undo_until = fields.String(allow_none=True)


class QuestionPage(Schema):
    """One page of questions."""

    items = fields.List(fields.Nested(QuestionAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class BringUpAnswer(Schema):
    """The question, and the invitation that its asker got."""

    question = fields.Nested(QuestionAnswer, required=True)
    turn = fields.Dict(required=True)
