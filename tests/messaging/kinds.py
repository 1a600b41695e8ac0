"""Kinds of conversation for the engine's own tests: what the features above it will be, without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, literal, select

from plugin.core.actor import BACKSTAGE, Actor
from plugin.core.errors import ForbiddenError
from plugin.messaging.kinds import ConversationKind, MemberKind, NobodyKind, Rules
from plugin.messaging.models import Conversation
from plugin.rooms.models import Participant


class Direct(MemberKind):
    """Two people, of whom one may block the other."""

    name = "direct"
    rules = Rules(everybody_pins=True)

    def __init__(self) -> None:
        self.blockers: set[str] = set()

    def ensure_may_post(self, actor: Actor, conversation: Conversation) -> None:
        if self.blockers - {actor.account_id}:
            raise ForbiddenError("This person is not taking new messages.", code="not_taking_messages")


class Group(MemberKind):
    """Up to fifteen people, some of them moderators."""

    name = "group"


class FollowUp(MemberKind):
    """Many people, with threads."""

    name = "follow_up"
    rules = Rules(has_threads=True)


class Backchannel(NobodyKind):
    """Whoever is backstage in the session at this moment; nothing is stored."""

    name = "backchannel"

    def readable(self, actor: Actor) -> Select[str]:
        return select(Conversation.id).where(
            Conversation.session_id == actor.session_id, literal(actor.role in BACKSTAGE)
        )

    def people(self, conversation_ids: Sequence[str]) -> Select[str, str, str]:
        rows = select(Conversation.id, Participant.account_id, Participant.role)
        return rows.join(Participant, Participant.session_id == Conversation.session_id).where(
            Conversation.id.in_(conversation_ids), Participant.role.in_(BACKSTAGE), Participant.removed_at.is_(None)
        )

    def may_moderate(self, actor: Actor, conversation: Conversation) -> bool:
        return actor.is_hosting

    def audience_line(self, actor: Actor, conversation: Conversation) -> Mapping[str, Any]:
        return {"kind": "hosts", "count": 0, "names": []}


def make() -> dict[str, ConversationKind]:
    """Return one of each."""
    return {"direct": Direct(), "group": Group(), "follow_up": FollowUp(), "backchannel": Backchannel()}
