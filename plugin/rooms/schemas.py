"""The shapes of what the rooms' routes take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from plugin.accounts.models import TimeLimits
from plugin.api.schema import Schema
from plugin.rooms.hands import REASON_MAX
from plugin.rooms.policy import SETTABLE_ROLES
from plugin.rooms.states import HandsPolicy, SessionState


def _text(longest: int) -> validate.Length:
    return validate.Length(min=1, max=longest)


class PanelSignIn(Schema):
    """A token of the audio server, and which install and room it is for."""

    install_id = fields.String(required=True, validate=_text(40))
    room = fields.String(required=True, validate=_text(255))
    token = fields.String(required=True, validate=_text(8192))
    guest_access_token = fields.String(load_default=None, allow_none=True, validate=_text(4096))


class RefreshBody(Schema):
    """The newest refresh token."""

    refresh_token = fields.String(required=True, validate=_text(300))


class GuestSignIn(Schema):
    """A guest link's token and the name the guest chose."""

    guest_token = fields.String(required=True, validate=_text(4096))
    name = fields.String(required=True, validate=_text(200))


class TokensAnswer(Schema):
    """What a panel holds, in memory only."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in_seconds = fields.Integer(required=True)


class GuestLinkAnswer(Schema):
    """A link that lets guests into this session; the token stands behind the # and never reaches a log."""

    guest_token = fields.String(required=True)
    url = fields.String(required=True)


class SessionSettings(Schema):
    """Who may raise a hand, and how long an invitation waits."""

    hands = fields.String(required=True)
    invite_seconds = fields.Integer(required=True)


class SessionAnswer(Schema):
    """One live run of a room."""

    id = fields.String(required=True)
    room_id = fields.String(required=True)
    title = fields.String(required=True)
    number = fields.Integer(required=True)
    state = fields.String(required=True)
    started_at = fields.String(allow_none=True)
    ended_at = fields.String(allow_none=True)
    present_count = fields.Integer(required=True)
    quiet_count = fields.Integer(required=True)
    settings = fields.Nested(SessionSettings, required=True)
    version = fields.Integer(required=True)


class SettingsBody(Schema):
    """What a host wants to change."""

    hands = fields.String(validate=validate.OneOf([policy.value for policy in HandsPolicy]))
    invite_seconds = fields.Integer(validate=validate.Range(min=10, max=120))


class TransitionBody(Schema):
    """Where the session should go."""

    to = fields.String(required=True, validate=validate.OneOf([state.value for state in SessionState]))


class ParticipantAnswer(Schema):
    """A person; the last three only backstage and for oneself."""

    id = fields.String(required=True)
    account_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    is_present = fields.Boolean(required=True)
    can_speak = fields.Boolean(required=True)
    is_audible = fields.Boolean(required=True)
    is_guest = fields.Boolean(required=True)
    joined_at = fields.String(allow_none=True)
    is_quiet = fields.Boolean()
    role_is_set_here = fields.Boolean()
    turns_count = fields.Integer()


class ParticipantsPage(Schema):
    """A page of those who are here."""

    items = fields.List(fields.Nested(ParticipantAnswer), required=True)
    next_cursor = fields.String(allow_none=True, required=True)


class RoleBody(Schema):
    """The role somebody is to have."""

    role = fields.String(required=True, validate=validate.OneOf(sorted(SETTABLE_ROLES)))


class QuietBody(Schema):
    """Whether to be counted without being listed."""

    is_quiet = fields.Boolean(required=True)


class PreferencesBody(Schema):
    """How much time a person wants for decisions."""

    time_limits = fields.String(required=True, validate=validate.OneOf([limit.value for limit in TimeLimits]))


class MeAnswer(Schema):
    """A person, to themselves."""

    account_id = fields.String(required=True)
    participant_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    is_guest = fields.Boolean(required=True)
    is_platform_moderator = fields.Boolean(required=True)
    is_quiet = fields.Boolean(required=True)
    time_limits = fields.String(required=True)
    undo_seconds = fields.Integer(allow_none=True, required=True)


class HandBody(Schema):
    """Why the hand goes up, and which own question it belongs to."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=REASON_MAX * 4))
    question_id = fields.String(load_default=None, allow_none=True, validate=_text(40))


class HandAnswer(Schema):
    """A raised hand; reason and question for its owner and backstage, the rest only backstage."""

    id = fields.String(required=True)
    participant_id = fields.String(required=True)
    name = fields.String(required=True)
    raised_at = fields.String(required=True)
    order_key = fields.Integer(required=True)
    reason = fields.String(allow_none=True)
    question_id = fields.String(allow_none=True)
    turns_count = fields.Integer()
    is_first_time = fields.Boolean()


class InviteBody(Schema):
    """Who is asked onto the stage, and for which hand."""

    participant_id = fields.String(required=True, validate=_text(40))
    hand_id = fields.String(load_default=None, allow_none=True, validate=_text(40))


class FailureAnswer(Schema):
    """Why it did not work, in a word and in a sentence."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class TurnAnswer(Schema):
    """A turn on stage."""

    id = fields.String(required=True)
    participant_id = fields.String(required=True)
    name = fields.String(required=True)
    question_id = fields.String(allow_none=True)
    state = fields.String(required=True)
    on_stage_at = fields.String(allow_none=True)
    is_audible = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    invited_at = fields.String()
    expires_at = fields.String(allow_none=True)
    is_extended = fields.Boolean()
    accepted_at = fields.String(allow_none=True)
    invited_by_name = fields.String(allow_none=True)
    failure = fields.Nested(FailureAnswer, allow_none=True)
