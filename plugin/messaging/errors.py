"""What can go wrong with messages, in sentences for people."""

from __future__ import annotations

from plugin.core.errors import ConflictError, ForbiddenError, InvalidError


class ReadOnlyError(ConflictError):
    """Nobody may write here any more, or for now."""

    code = "conversation_read_only"
    message = "This conversation can be read, but nobody can write in it now."


class NoThreadsError(InvalidError):
    """This kind of conversation has no threads, or the root is an answer itself."""

    code = "no_thread_here"
    message = "You cannot start a thread here."


class EmptyMessageError(InvalidError):
    """Nothing is left of the text after cleaning."""

    code = "empty_message"
    message = "Write something first."


class TooLongError(InvalidError):
    """The text is over the limit."""

    code = "message_too_long"


class TooLateToEditError(ConflictError):
    """The time for edits is over."""

    code = "too_late_to_edit"
    message = "A message can be changed for 15 minutes after it was sent. You can still delete it."


class StaleMessageError(ConflictError):
    """The message was changed meanwhile, on another device."""

    code = "stale_message"
    message = "This message has changed meanwhile."


class DeletedMessageError(ConflictError):
    """There is nothing left to act on."""

    code = "message_deleted"
    message = "This message has been deleted."


class NotYourMessageError(ForbiddenError):
    """Only the author may do this."""

    code = "not_your_message"
    message = "You can only do this with your own messages."


class NotModeratorError(ForbiddenError):
    """Only who moderates the conversation may do this."""

    code = "not_moderator"
    message = "Only a moderator of this conversation can do this."


class BadEmojiError(InvalidError):
    """That is not one emoji."""

    code = "bad_emoji"
    message = "A reaction is one emoji."


class TooManyReactionsError(ConflictError):
    """The message carries every kind it may."""

    code = "too_many_reactions"
    message = "This message has 20 kinds of reactions already. Choose one of them."


class TooManyPinsError(ConflictError):
    """The conversation has every pin it may."""

    code = "too_many_pins"
    message = "A conversation holds 50 pinned messages. Unpin one first."


class TooManyPeopleError(InvalidError):
    """@all and @here would disturb too many."""

    code = "too_many_to_mention"
    message = "@all and @here do not work with more than 50 people."


class BadSearchError(InvalidError):
    """A modifier of the search does not fit."""

    code = "bad_search"
