"""What can go wrong with chats, in sentences for people that do not say who blocked whom."""

from __future__ import annotations

from plugin.core.errors import ConflictError, ForbiddenError, InvalidError


class GuestCannotChatError(ForbiddenError):
    """A guest's account ends with the session."""

    code = "guest_cannot_chat"
    message = "Chats are for people who have signed in. Guests cannot write or be written to."


class NotReachableError(ForbiddenError):
    """Strangers cannot start a chat until there are message requests; also what a blocked stranger reads."""

    code = "not_reachable"
    message = "Only people who follow each other or share a conversation can start a chat yet."


class NotTakingMessagesError(ForbiddenError):
    """The other takes no messages from this person; the sentence does not say why."""

    code = "not_taking_messages"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not taking new messages.")


class YouBlockedError(ForbiddenError):
    """The person has blocked the other, and knows it."""

    code = "you_blocked"

    def __init__(self, name: str) -> None:
        super().__init__(f"You have blocked {name}. Unblock {name} first.")


class CannotBeAddedError(ForbiddenError):
    """The other cannot be added to the group; the sentence does not say why."""

    code = "cannot_be_added"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be added.")


class GroupSizeError(InvalidError):
    """A group has three to fifteen people."""

    code = "group_size"
    message = "A group has 3 to 15 people, those who were asked and have not answered included."


class NoRoomMatesError(ConflictError):
    """There are too few for a group."""

    code = "no_room_mates"
    message = "At least two people whom you follow must be here."


class LastModeratorError(ConflictError):
    """A group always has a moderator."""

    code = "last_moderator"
    message = "Make somebody else a moderator first."


class TooManyRequestsError(ConflictError):
    """The person has asked many who have not answered yet."""

    code = "too_many_group_requests"
    message = "You have asked many people today who have not answered yet. Try again tomorrow."
