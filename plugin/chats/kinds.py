"""Who may do what in direct chats and groups, as the messaging engine asks it."""

from __future__ import annotations

from sqlalchemy import select

from plugin.accounts import queries as accounts
from plugin.chats import queries
from plugin.chats.errors import NotTakingMessagesError, YouBlockedError
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.messaging.kinds import ConversationKind, MemberKind, Rules
from plugin.messaging.models import Conversation, Membership


class Direct(MemberKind):
    """Two people, for ever; what stands there stays readable when one blocks the other, but nobody writes."""

    name = queries.DIRECT
    rules = Rules(everybody_pins=True)

    def ensure_may_post(self, actor: Actor, conversation: Conversation) -> None:
        """Refuse where either blocked the other."""
        others = select(Membership.account_id).where(
            Membership.conversation_id == conversation.id, Membership.account_id != actor.account_id
        )
        other_id = session().scalars(others).one()
        if accounts.is_blocked_either_way(actor.account_id, other_id):
            name = accounts.account(other_id).name
            raise (
                YouBlockedError(name)
                if accounts.has_blocked(actor.account_id, other_id)
                else NotTakingMessagesError(name)
            )


class GroupKind(MemberKind):
    """Three to fifteen people, of whom the starter and whomever they choose moderate."""

    name = queries.GROUP


KINDS: dict[str, ConversationKind] = {queries.DIRECT: Direct(), queries.GROUP: GroupKind()}
