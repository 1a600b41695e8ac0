"""What messaging does when something happens in the rooms below it: a guest who signs in keeps their conversations."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, func, select, update

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import conversations, queries, search_terms
from plugin.messaging.models import MemberRole, Membership, Message, Reaction
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.subscribers import Subscriber
from plugin.rooms.domain_events import GuestMerged


def take_over(event: GuestMerged) -> None:
    """Give the account what the guest had: places, what was read, messages and reactions. Again changes nothing."""
    places = select(Membership.conversation_id).where(
        Membership.account_id == event.from_account_id, Membership.left_at.is_(None)
    )
    for conversation_id in session().scalars(places.order_by(Membership.conversation_id)).all():
        with unit_of_work():
            _take_place(conversation_id, event.from_account_id, event.to_account_id)
    with unit_of_work():
        _take_words(event.from_account_id, event.to_account_id)


def _take_place(conversation_id: str, guest_id: str, account_id: str) -> None:
    queries.conversation_for_update(conversation_id)
    guest, own = queries.membership(conversation_id, guest_id), queries.membership(conversation_id, account_id)
    if guest is None or guest.left_at is not None:
        return
    role, first_seq = MemberRole(guest.role), guest.visible_from_seq
    read_seq = queries.marker(conversation_id, guest_id).last_read_seq
    conversations.dismiss(conversation_id, guest_id)
    if own is None or own.left_at is not None:
        place = conversations.admit(conversation_id, account_id, role=role, sees_history=True)
        place.visible_from_seq = first_seq
        conversations.start_reading(conversation_id, account_id, read_seq + 1)


def _take_words(guest_id: str, account_id: str) -> None:
    renamed = func.replace(Message.search_text, search_terms.mark(guest_id), search_terms.mark(account_id))
    theirs = update(Message).where(Message.author_id == guest_id)
    session().execute(theirs.values(author_id=account_id, search_text=renamed))
    same = select(Reaction.message_id, Reaction.emoji).where(Reaction.account_id == account_id).subquery()
    both = (Reaction.message_id == same.c.message_id) & (Reaction.emoji == same.c.emoji)
    guests = Reaction.account_id == guest_id
    session().execute(delete(Reaction).where(guests, select(same).where(both).exists()))
    session().execute(update(Reaction).where(guests).values(account_id=account_id))


SUBSCRIPTIONS: Mapping[type[DomainEvent], Subscriber] = {GuestMerged: take_over}
