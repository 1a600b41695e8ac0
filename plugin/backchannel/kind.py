"""Who may do what in the backchannel: hosts, co-hosts and producers of its session, by their role at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from plugin.backchannel.models import Backchannel, BackchannelEntry
from plugin.core.actor import BACKSTAGE, HOSTING, Actor
from plugin.core.database import session
from plugin.messaging.kinds import NobodyKind, Rules
from plugin.messaging.models import Conversation
from plugin.rooms.models import Participant

NAME = "backchannel"


class BackchannelKind(NobodyKind):
    """Asks the participants' rows each time: whoever was demoted a moment ago is out, also in mid-request."""

    name = NAME
    rules = Rules(everybody_pins=True)

    def readable(self, actor: Actor) -> Select[str]:
        """Return the backchannels of the sessions in which this person is backstage."""
        return self._places(Conversation.id).where(Participant.account_id == actor.account_id)

    def people(self, conversation_ids: Sequence[str]) -> Select[str, str, str]:
        """Return everybody who is backstage in these sessions."""
        rows = self._places(Conversation.id, Participant.account_id, Participant.role)
        return rows.where(Conversation.id.in_(conversation_ids))

    def _places(self, *columns: Any) -> Select[Any]:
        places = (
            select(*columns)
            .select_from(Conversation)
            .join(Participant, Participant.session_id == Conversation.session_id)
        )
        return places.where(
            Conversation.kind == NAME, Participant.role.in_(BACKSTAGE), Participant.removed_at.is_(None)
        )

    def visible_from_seqs(
        self, conversation_ids: Sequence[str], account_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], int]:
        """Return what was written down when people came backstage."""
        rows = select(Backchannel.conversation_id, BackchannelEntry.account_id, BackchannelEntry.first_seq)
        found = rows.join(BackchannelEntry, BackchannelEntry.session_id == Backchannel.session_id).where(
            Backchannel.conversation_id.in_(conversation_ids), BackchannelEntry.account_id.in_(account_ids)
        )
        return {(conversation_id, account_id): seq for conversation_id, account_id, seq in session().execute(found)}

    def is_hidden_from_some(self, conversation: Conversation, seq: int) -> bool:
        """Whether somebody who is backstage now came after this message."""
        backstage = self.people([conversation.id]).subquery()
        later = (
            select(BackchannelEntry.account_id)
            .join(backstage, backstage.c.account_id == BackchannelEntry.account_id)
            .where(BackchannelEntry.session_id == conversation.session_id, BackchannelEntry.first_seq > seq)
        )
        return session().scalar(later.limit(1)) is not None

    def may_moderate(self, actor: Actor, conversation: Conversation) -> bool:
        """Let hosts and co-hosts of this session moderate."""
        mine = self._places(Participant.role).where(
            Conversation.id == conversation.id, Participant.account_id == actor.account_id
        )
        return session().scalar(mine) in HOSTING

    def audience_line(self, actor: Actor, conversation: Conversation) -> Mapping[str, Any]:
        """Name everybody who reads it, me too: whoever writes here must know."""
        rows = self._places(Participant.name).where(Conversation.id == conversation.id)
        names = session().scalars(rows.order_by(Participant.joined_at, Participant.id)).all()
        return {"kind": "hosts", "count": len(names), "names": list(names[:15])}

    def group(self, conversation: Conversation, word: str) -> Select[str] | None:
        """Call only people who read it."""
        everybody = self._places(Participant.account_id).where(Conversation.id == conversation.id)
        conditions = {"hosts": Participant.role.in_(HOSTING), "here": Participant.is_present}
        return everybody.where(conditions[word]) if word in conditions else None
