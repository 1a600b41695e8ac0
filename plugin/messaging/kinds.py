"""The port through which the engine asks a feature who may do what in its kind of conversation; deny by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from sqlalchemy import Select, literal, select

from plugin.accounts.models import Account
from plugin.core.actor import HOSTING, Actor
from plugin.core.database import session
from plugin.core.slot import Slot
from plugin.messaging.models import Conversation, MemberRole, Membership
from plugin.rooms.models import Participant

#: The most people @all and @here may call, and whose names a conversation lists.
CALLED_MAX = 50
LISTED_MAX = 15


@dataclass(frozen=True)
class Rules:
    """What a kind of conversation has at all."""

    has_threads: bool = False
    everybody_pins: bool = False
    has_typing: bool = True


class ConversationKind(Protocol):
    """One feature's answers. Everything is asked of the database at the moment; nothing is cached.

    ``readable`` is the one truth about access: ids of the conversations that the actor may read now; the engine keeps
    to those of this kind, in the actor's install. ``people`` says the same from the other side, for many conversations
    in one query, as rows (conversation_id, account_id, role word). The two must agree.
    """

    rules: Rules

    def readable(self, actor: Actor) -> Select[str]:
        """Return the query for the ids of the conversations that the actor may read."""

    def people(self, conversation_ids: Sequence[str]) -> Select[str, str, str]:
        """Return the query for who may read these conversations."""

    def visible_from_seqs(
        self, conversation_ids: Sequence[str], account_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], int]:
        """Return from which ``seq`` on people see the conversation; whoever is missing sees everything."""

    def is_hidden_from_some(self, conversation: Conversation, seq: int) -> bool:
        """Whether somebody who may read the conversation now does not see this message: then no push may quote it."""

    def ensure_may_post(self, actor: Actor, conversation: Conversation) -> None:
        """Raise an `AppError` when a reader may not write. The conversation's state was looked at already."""

    def may_moderate(self, actor: Actor, conversation: Conversation) -> bool:
        """Whether a reader may delete what others wrote, pin, and call everybody."""

    def audience_line(self, actor: Actor, conversation: Conversation) -> Mapping[str, Any]:
        """Return who will read what is written here: ``{kind, count, names}``."""

    def group(self, conversation: Conversation, word: str) -> Select[str] | None:
        """Return the accounts that ``hosts``, ``speakers`` or ``here`` means, None where the word means nobody."""


KINDS: Slot[Mapping[str, ConversationKind]] = Slot("messaging.kinds")


def kinds() -> Mapping[str, ConversationKind]:
    """Return every kind of the current app by name."""
    return KINDS.get()


def kind_of(conversation: Conversation) -> ConversationKind:
    """Return who decides about this conversation; KeyError for a kind that no feature answers for."""
    return kinds()[conversation.kind]


class SessionGroups:
    """What @hosts, @speakers and @here mean in a conversation of a room session."""

    def group(self, conversation: Conversation, word: str) -> Select[str] | None:
        """Return the accounts that the word means."""
        conditions = {
            "hosts": Participant.role.in_(HOSTING),
            "speakers": Participant.can_speak,
            "here": Participant.is_present,
        }
        if conversation.session_id is None or word not in conditions:
            return None
        in_session = Participant.session_id == conversation.session_id, Participant.removed_at.is_(None)
        return select(Participant.account_id).where(*in_session, conditions[word])


class MemberKind(SessionGroups):
    """Direct messages, groups and follow-ups: who belongs is stored."""

    name: ClassVar[str]
    rules = Rules()

    def readable(self, actor: Actor) -> Select[str]:
        """Return where the actor is a member who has not left."""
        return select(Membership.conversation_id).where(
            Membership.account_id == actor.account_id, Membership.left_at.is_(None)
        )

    def people(self, conversation_ids: Sequence[str]) -> Select[str, str, str]:
        """Return the members who have not left."""
        rows = select(Membership.conversation_id, Membership.account_id, Membership.role)
        return rows.where(Membership.conversation_id.in_(conversation_ids), Membership.left_at.is_(None))

    def visible_from_seqs(
        self, conversation_ids: Sequence[str], account_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], int]:
        """Return what is stored with the memberships."""
        rows = select(Membership.conversation_id, Membership.account_id, Membership.visible_from_seq).where(
            Membership.conversation_id.in_(conversation_ids), Membership.account_id.in_(account_ids)
        )
        return {(conversation_id, account_id): seq for conversation_id, account_id, seq in session().execute(rows)}

    def is_hidden_from_some(self, conversation: Conversation, seq: int) -> bool:
        """Whether a member came later."""
        later = select(Membership.account_id).where(
            Membership.conversation_id == conversation.id,
            Membership.left_at.is_(None),
            Membership.visible_from_seq > seq,
        )
        return session().scalar(later.limit(1)) is not None

    def ensure_may_post(self, actor: Actor, conversation: Conversation) -> None:
        """Let every member write."""

    def may_moderate(self, actor: Actor, conversation: Conversation) -> bool:
        """Let the stored moderators moderate."""
        mine = session().get(Membership, (conversation.id, actor.account_id))
        return mine is not None and mine.left_at is None and mine.role == MemberRole.MODERATOR

    def audience_line(self, actor: Actor, conversation: Conversation) -> Mapping[str, Any]:
        """Name up to three of the others, and count them all."""
        others = (
            select(Account.name)
            .join(Membership, Membership.account_id == Account.id)
            .where(Membership.conversation_id == conversation.id, Membership.left_at.is_(None))
            .where(Account.id != actor.account_id)
            .order_by(Membership.joined_at, Account.id)
        )
        names = list(session().scalars(others.limit(3)))
        return {"kind": self.name, "count": max(0, (conversation.members_count or 0) - 1), "names": names}


class NobodyKind(SessionGroups):
    """A kind that lets nobody in: the start of a derived kind, and the answer for a feature that is switched off."""

    name: ClassVar[str] = "nobody"
    rules = Rules()

    def readable(self, actor: Actor) -> Select[str]:
        """Return nothing."""
        return select(Conversation.id).where(literal(False))

    def people(self, conversation_ids: Sequence[str]) -> Select[str, str, str]:
        """Return nobody."""
        rows = select(Membership.conversation_id, Membership.account_id, Membership.role)
        return rows.where(literal(False))

    def visible_from_seqs(
        self, conversation_ids: Sequence[str], account_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], int]:
        """Let readers see everything."""
        return {}

    def is_hidden_from_some(self, conversation: Conversation, seq: int) -> bool:
        """Nothing is hidden; a kind that hides something says so here too."""
        return False

    def ensure_may_post(self, actor: Actor, conversation: Conversation) -> None:
        """Let every reader write."""

    def may_moderate(self, actor: Actor, conversation: Conversation) -> bool:
        """Let nobody moderate."""
        return False

    def audience_line(self, actor: Actor, conversation: Conversation) -> Mapping[str, Any]:
        """Say only which kind it is."""
        return {"kind": conversation.kind, "count": 0, "names": []}
