"""The bodies of messaging's requests and answers."""

from __future__ import annotations

from marshmallow import fields, validate

from plugin.api.pagination import PageArguments
from plugin.api.schema import Schema
from plugin.messaging.windows import RESUME_MAX
from plugin.messaging.wording import CARDS_MAX

_ID = validate.Length(min=1, max=40)
#: Lengths are judged after cleaning, by the service; this only stops what is absurd.
_TEXT = validate.Length(max=12_000)
_SEQ = validate.Range(min=0, max=2**31 - 1)


class CardBody(Schema):
    """A card: drawn by the feature that owns the type."""

    type = fields.String(required=True, validate=validate.Regexp(r"^[a-z_]{1,32}$"))
    id = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{1,64}$"))


class SendBody(Schema):
    """A message as it is typed."""

    text = fields.String(required=True, validate=_TEXT)
    client_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    quote_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    thread_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    cards = fields.List(fields.Nested(CardBody), load_default=list, validate=validate.Length(max=CARDS_MAX))


class EditBody(Schema):
    """The new words."""

    text = fields.String(required=True, validate=_TEXT)


class SeqBody(Schema):
    """How far."""

    seq = fields.Integer(required=True, strict=True, validate=_SEQ)


class DraftBody(Schema):
    """What is typed and not sent; an empty text lets the draft go."""

    text = fields.String(required=True, validate=_TEXT)
    quote_id = fields.String(load_default=None, allow_none=True, validate=_ID)


class MuteBody(Schema):
    """For how long the conversation is muted."""

    duration = fields.String(data_key="for", required=True, validate=validate.OneOf(["1h", "8h", "forever", "off"]))


class ArchiveBody(Schema):
    """Whether the conversation is put away."""

    is_archived = fields.Boolean(load_default=True)


class ReceiptsBody(Schema):
    """Whether one shows how far one has read, and sees it of others."""

    is_shared = fields.Boolean(required=True)


class WindowArguments(Schema):
    """Which part of a conversation."""

    before = fields.Integer(load_default=None, validate=_SEQ)
    after = fields.Integer(load_default=None, validate=_SEQ)
    around = fields.Integer(load_default=None, validate=_SEQ)
    thread_id = fields.String(load_default=None, validate=_ID)
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=100))


class SearchArguments(PageArguments):
    """What to look for."""

    q = fields.String(required=True, validate=validate.Length(min=1, max=300))
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=50))


class AuthorAnswer(Schema):
    """Who said it."""

    account_id = fields.String(required=True)
    name = fields.String(required=True)


class QuoteAnswer(Schema):
    """A message as those quote it that answer it."""

    id = fields.String(required=True)
    seq = fields.Integer(required=True, allow_none=True)
    author = fields.Nested(AuthorAnswer, required=True, allow_none=True)
    head = fields.String(required=True)
    is_deleted = fields.Boolean(required=True)


class LastMessageAnswer(QuoteAnswer):
    """The end of a conversation, for the list."""

    created_at = fields.String(required=True)


class ReactionAnswer(Schema):
    """One emoji on a message: how many gave it, the first of them, and whether the reader did."""

    emoji = fields.String(required=True)
    count = fields.Integer(required=True)
    people = fields.List(fields.Nested(AuthorAnswer), required=True)
    mine = fields.Boolean(required=True)


class MessageAnswer(Schema):
    """A message; ``body`` is the token tree of its text."""

    id = fields.String(required=True)
    conversation_id = fields.String(required=True)
    seq = fields.Integer(required=True)
    author = fields.Nested(AuthorAnswer, required=True, allow_none=True)
    text = fields.String(required=True)
    body = fields.List(fields.Dict(), required=True)
    cards = fields.List(fields.Dict(), required=True)
    mentions = fields.List(fields.Dict(), required=True)
    quote = fields.Nested(QuoteAnswer, required=True, allow_none=True)
    thread_id = fields.String(required=True, allow_none=True)
    thread_count = fields.Integer(required=True)
    reactions = fields.List(fields.Nested(ReactionAnswer), required=True)
    created_at = fields.String(required=True)
    edited_at = fields.String(required=True, allow_none=True)
    pinned_at = fields.String(required=True, allow_none=True)
    is_deleted = fields.Boolean(required=True)
    client_id = fields.String(required=True)
    version = fields.Integer(required=True)


class ChannelAnswer(Schema):
    """Where to listen, and from which number on."""

    name = fields.String(required=True)
    seq = fields.Integer(required=True)


class WindowAnswer(Schema):
    """A part of a conversation, ascending; ``gap``: more was missed than is handed out, start again from these."""

    items = fields.List(fields.Nested(MessageAnswer), required=True)
    first_seq = fields.Integer(required=True)
    last_seq = fields.Integer(required=True)
    gap = fields.Boolean(required=True, metadata={"description": f"More than {RESUME_MAX} messages were missed."})
    channel = fields.Nested(ChannelAnswer, required=True)


class MessagesAnswer(Schema):
    """Some messages."""

    items = fields.List(fields.Nested(MessageAnswer), required=True)


class EditAnswer(Schema):
    """What a message said before."""

    text = fields.String(required=True)
    body = fields.List(fields.Dict(), required=True)
    written_at = fields.String(required=True)


class EditsAnswer(Schema):
    """What a message said before, oldest first."""

    items = fields.List(fields.Nested(EditAnswer), required=True)


class MemberAnswer(AuthorAnswer):
    """Somebody in a conversation."""

    role = fields.String(required=True)


class DraftAnswer(Schema):
    """What is typed and not sent."""

    text = fields.String(required=True)
    quote_id = fields.String(required=True, allow_none=True)
    updated_at = fields.String(required=True)


class SharedConversationAnswer(Schema):
    """What of a conversation is the same for everybody in it; ``members`` is empty above fifteen."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    session_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    members = fields.List(fields.Nested(MemberAnswer), required=True)
    member_count = fields.Integer(required=True)
    last_seq = fields.Integer(required=True)
    active_at = fields.String(required=True)
    created_at = fields.String(required=True)
    closes_at = fields.String(required=True, allow_none=True)
    deletes_at = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    version = fields.Integer(required=True)


class ConversationAnswer(SharedConversationAnswer):
    """A conversation in a person's list; an unread count of 100 means 100 or more."""

    last_read_seq = fields.Integer(required=True)
    unread_count = fields.Integer(required=True)
    is_muted = fields.Boolean(required=True)
    muted_until_at = fields.String(required=True, allow_none=True)
    is_archived = fields.Boolean(required=True)
    shares_receipts = fields.Boolean(required=True)
    draft = fields.Nested(DraftAnswer, required=True, allow_none=True)
    last_message = fields.Nested(LastMessageAnswer, required=True, allow_none=True)


class FullConversationAnswer(ConversationAnswer):
    """A conversation that is open on the screen."""

    audience = fields.Dict(required=True)
    can = fields.Dict(required=True)
    first_seq = fields.Integer(required=True)
    receipts = fields.List(fields.Dict(), required=True)


class ConversationPage(Schema):
    """One page of the list, the latest active first."""

    items = fields.List(fields.Nested(ConversationAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UnreadAnswer(Schema):
    """The number on the badge."""

    unread_conversations = fields.Integer(required=True)


class FindAnswer(Schema):
    """One find with the lines around it."""

    message = fields.Nested(MessageAnswer, required=True)
    conversation = fields.Nested(SharedConversationAnswer, required=True)
    before = fields.List(fields.Nested(QuoteAnswer), required=True)
    after = fields.List(fields.Nested(QuoteAnswer), required=True)


class FindPage(Schema):
    """One page of finds, the newest first."""

    items = fields.List(fields.Nested(FindAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
