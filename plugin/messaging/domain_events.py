"""What happens in conversations. Ids only; whoever hears of it loads what they may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugin.outbox.domain_event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ConversationEvent(DomainEvent):
    """Something that happened in one conversation."""

    conversation_id: str


@dataclass(frozen=True, kw_only=True)
class MessageEvent(ConversationEvent):
    """Something that happened to one message."""

    message_id: str


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """Somebody said something; ``author_id`` is None when the house did."""

    name: ClassVar[str] = "messaging.message_sent"
    author_id: str | None
    seq: int


@dataclass(frozen=True, kw_only=True)
class MessageEdited(MessageEvent):
    """The author changed the words; nobody is notified again."""

    name: ClassVar[str] = "messaging.message_edited"


@dataclass(frozen=True, kw_only=True)
class MessageDeleted(MessageEvent):
    """Only the place of the message is left."""

    name: ClassVar[str] = "messaging.message_deleted"
    deleted_by_id: str | None


@dataclass(frozen=True, kw_only=True)
class ReactionChanged(MessageEvent):
    """Somebody put an emoji on a message, or took it away."""

    name: ClassVar[str] = "messaging.reaction_changed"
    account_id: str
    emoji: str
    is_on: bool


@dataclass(frozen=True, kw_only=True)
class MessagePinned(MessageEvent):
    """A message was pinned or unpinned."""

    name: ClassVar[str] = "messaging.pinned"
    account_id: str
    is_pinned: bool


@dataclass(frozen=True, kw_only=True)
class ConversationOpened(ConversationEvent):
    """A conversation exists now."""

    name: ClassVar[str] = "messaging.conversation_opened"


@dataclass(frozen=True, kw_only=True)
class ConversationChanged(ConversationEvent):
    """Its name, state or lifetime changed."""

    name: ClassVar[str] = "messaging.conversation_changed"


@dataclass(frozen=True, kw_only=True)
class ConversationErased(ConversationEvent):
    """It is gone with everything in it."""

    name: ClassVar[str] = "messaging.conversation_erased"
    channel: str


@dataclass(frozen=True, kw_only=True)
class ChannelRenewed(ConversationEvent):
    """From now on it is told on another channel; ``from_channel`` hears only that."""

    name: ClassVar[str] = "messaging.channel_renewed"
    from_channel: str


@dataclass(frozen=True, kw_only=True)
class MembershipChanged(ConversationEvent):
    """Somebody belongs, no longer belongs, or has another role."""

    name: ClassVar[str] = "messaging.membership_changed"
    account_id: str
    is_member: bool


@dataclass(frozen=True, kw_only=True)
class AccessRevoked(ConversationEvent):
    """This person may not read it any more; ``channel`` is the one they may have heard."""

    name: ClassVar[str] = "messaging.access_revoked"
    account_id: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class ReadMarked(ConversationEvent):
    """This person has read up to ``seq`` (or wants to see what follows as unread)."""

    name: ClassVar[str] = "messaging.read_marked"
    account_id: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class MarksChanged(ConversationEvent):
    """This person muted it, put it away, or the reverse."""

    name: ClassVar[str] = "messaging.marks_changed"
    account_id: str


@dataclass(frozen=True, kw_only=True)
class DraftSaved(ConversationEvent):
    """This person's draft changed or is gone."""

    name: ClassVar[str] = "messaging.draft_saved"
    account_id: str


@dataclass(frozen=True, kw_only=True)
class PersonTyped(ConversationEvent):
    """This person is writing."""

    name: ClassVar[str] = "messaging.typing"
    account_id: str
