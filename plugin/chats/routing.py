"""The port that decides where somebody's first message to another person goes (table 2.4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from plugin.accounts.models import Account
from plugin.chats import queries
from plugin.chats.errors import NotReachableError
from plugin.core.actor import Actor
from plugin.core.slot import Slot
from plugin.rooms.ports import current_ports


class Route(StrEnum):
    """Where a first message goes."""

    MAIN = "main"
    REQUEST = "request"


class MessageRouting(Protocol):
    """Decides about first messages; blocks were looked at, and are not its business."""

    def route(self, actor: Actor, other: Account) -> Route:
        """Return where the first message goes; raise an `AppError` when it may not be written."""

    def reachable(self, actor: Actor) -> frozenset[str]:
        """Return the accounts to whom the actor's first message goes straight to the main list."""


class Acquainted:
    """The answer until there are message requests: people who follow each other or share a conversation."""

    def route(self, actor: Actor, other: Account) -> Route:
        """Let acquaintances write, and nobody else."""
        follows = current_ports().follows
        is_mutual = follows.follows(actor.account_id, other.id) and follows.follows(other.id, actor.account_id)
        if not (is_mutual or queries.share_conversation(actor.account_id, other.id)):
            raise NotReachableError()
        return Route.MAIN

    def reachable(self, actor: Actor) -> frozenset[str]:
        """Return who follows the actor and is followed back, and who shares a conversation."""
        follows = current_ports().follows
        followed = follows.followed_by(actor.account_id)
        mutual = follows.followers_among(actor.account_id, sorted(followed))
        return frozenset(mutual | queries.people_sharing(actor.account_id))


ROUTING: Slot[MessageRouting] = Slot("chats.routing")


def current_routing() -> MessageRouting:
    """Return who decides in the current app."""
    return ROUTING.get()
