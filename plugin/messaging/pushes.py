"""Who hears what of conversations, now.

Everybody who may read a conversation can listen to its channel. In conversations of up to fifteen people each of them
is told on their own inbox too, with their own counts, so that a panel needs no channel for every conversation of its
list. Larger ones are told once, on their channel, however many are in it: their panels count for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from plugin.core.database import session
from plugin.messaging import domain_events as happened
from plugin.messaging import people, personal, queries, views
from plugin.messaging.conversations import channel_of
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation, Message, ReadMarker
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import channels
from plugin.realtime.push import Announcement, Push, Revoke, Tally

View = dict[str, Any]


def on_sent(event: happened.MessageSent) -> Iterator[Announcement]:
    """Tell the message to its conversation, and the new state of the list to the few who are in it."""
    conversation, message = _both(event)
    progress = _progress(conversation) | {"last_message": personal.last_message_view(message)}
    data = {"message": views.message_view(message) | {"reactions": []}, "conversation": progress}
    yield Push(channel_of(conversation), event.name, data | _thread(message))
    yield from _inboxes(event.name, conversation)


def on_edited(event: happened.MessageEdited) -> Iterator[Announcement]:
    """Tell the new words, also as they are quoted; where somebody came later, only that there are new ones."""
    conversation, message = _both(event)
    data = {"message": views.message_view(message), "quote": views.quote_views([message])[0]}
    yield Push(channel_of(conversation), event.name, _for_all(conversation, message, data))
    if message.seq == conversation.last_seq:
        yield from _inboxes(event.name, conversation)


def on_deleted(event: happened.MessageDeleted) -> Iterator[Announcement]:
    """Tell that only the place is left, also where it was quoted."""
    conversation, message = _both(event)
    data = {
        "message": views.message_view(message) | {"reactions": []},
        "quote": views.quote_views([message])[0],
    }
    yield Push(channel_of(conversation), event.name, data | _thread(message))
    yield from _inboxes(event.name, conversation)


def on_reaction(event: happened.ReactionChanged) -> Iterator[Announcement]:
    """Tell one reaction as it is now, and who changed it."""
    reaction = views.reaction_view(event.message_id, event.emoji)
    changed = {"account_id": event.account_id, "is_on": event.is_on}
    yield Push(channel_of(_conversation(event)), event.name, {"reaction": reaction | changed})


def on_pinned(event: happened.MessagePinned) -> Iterator[Announcement]:
    """Tell the message with its pin or without."""
    conversation, message = _both(event)
    data = {"message": views.message_view(message)}
    yield Push(channel_of(conversation), event.name, _for_all(conversation, message, data))


def _for_all(conversation: Conversation, message: Message, data: View) -> View:
    if kind_of(conversation).is_hidden_from_some(conversation, message.seq):
        return {"stale": {"kind": "message", "id": message.id}}
    return data


def on_conversation(event: happened.ConversationEvent) -> Iterator[Announcement]:
    """Tell what is the same for everybody, and to the few their own view."""
    conversation = _conversation(event)
    shown = views.conversation_view(conversation, people.roster(conversation))
    yield Push(channel_of(conversation), event.name, {"conversation": shown})
    yield from _inboxes(event.name, conversation)


def on_membership(event: happened.MembershipChanged) -> Iterator[Announcement]:
    """Tell who belongs now; in a large conversation the person themselves hears it on their inbox."""
    yield from on_conversation(event)
    conversation = _conversation(event)
    if event.is_member and not people.roster(conversation).is_small:
        yield _inbox(event.name, conversation, event.account_id)


def on_access_revoked(event: happened.AccessRevoked) -> Iterator[Announcement]:
    """Silence the person, and let the conversation vanish from their list."""
    yield Revoke(event.channel, event.account_id)
    yield Push(channels.inbox(event.account_id), event.name, _removed(event))


def on_renewed(event: happened.ChannelRenewed) -> Iterator[Announcement]:
    """Send those who listen on to the new channel; it is heard from its first number."""
    conversation = queries.conversation(event.conversation_id)
    moved = {"id": conversation.id, "channel": channel_of(conversation), "version": conversation.version}
    yield Push(event.from_channel, event.name, {"conversation": moved})


def on_erased(event: happened.ConversationErased) -> Iterator[Announcement]:
    """Let the conversation vanish."""
    yield Push(event.channel, event.name, _removed(event))


def on_shelf(event: happened.MarksChanged | happened.DraftSaved) -> Iterator[Announcement]:
    """Tell a person's other devices, and nobody else."""
    yield _inbox(event.name, _conversation(event), event.account_id)


def on_read(event: happened.ReadMarked) -> Iterator[Announcement]:
    """Tell a person's other devices; of the others only those hear it who show the same, and only if this one does."""
    conversation = _conversation(event)
    yield _inbox(event.name, conversation, event.account_id)
    if not queries.marker(conversation.id, event.account_id).shares_receipts:
        return
    roster = people.roster(conversation)
    told = _sharing(conversation, [person.account_id for person in roster.people])
    for account_id in told - {event.account_id}:
        data = {"conversation_id": conversation.id, "account_id": event.account_id, "seq": event.seq}
        key = f"{conversation.id} {event.account_id}"
        yield Tally(channels.inbox(account_id), "messaging.receipt", key, {"receipt": data})


def _sharing(conversation: Conversation, account_ids: Sequence[str]) -> set[str]:
    shown = select(ReadMarker.account_id).where(
        ReadMarker.conversation_id == conversation.id,
        ReadMarker.shares_receipts,
        ReadMarker.account_id.in_(account_ids),
    )
    return set(session().scalars(shown))


def on_typing(event: happened.PersonTyped) -> Iterator[Announcement]:
    """Show who is writing, to those who read the same conversation."""
    conversation = _conversation(event)
    name = people.names_of([event.account_id]).get(event.account_id, "")
    data = {"conversation_id": conversation.id, "account_id": event.account_id, "name": name}
    yield Tally(channel_of(conversation), event.name, event.account_id, {"typing": data})


def _conversation(event: happened.ConversationEvent) -> Conversation:
    return queries.conversation(event.conversation_id)


def _both(event: happened.MessageEvent) -> tuple[Conversation, Message]:
    return _conversation(event), queries.message(event.message_id)


def _progress(conversation: Conversation) -> View:
    shown = views.conversation_view(conversation, people.Roster())
    return {key: shown[key] for key in ("id", "last_seq", "active_at")}


def _thread(message: Message) -> View:
    if not message.thread_id:
        return {}
    root = queries.message(message.thread_id)
    return {"thread": {"message_id": root.id, "count": root.thread_count}}


def _inboxes(name: str, conversation: Conversation) -> Iterator[Announcement]:
    roster = people.roster(conversation)
    keys = [(conversation.id, person.account_id) for person in roster.people]
    for (_, account_id), view in personal.keyed_views([conversation], keys).items():
        yield Push(channels.inbox(account_id), name, {"conversation": view})


def _inbox(name: str, conversation: Conversation, account_id: str) -> Push:
    view = personal.keyed_views([conversation], [(conversation.id, account_id)])[conversation.id, account_id]
    return Push(channels.inbox(account_id), name, {"conversation": view})


def _removed(event: happened.ConversationEvent) -> View:
    return {"removed": {"kind": "conversation", "id": event.conversation_id}}


PUSHES: Mapping[type[DomainEvent], Callable[[Any], Iterable[Announcement]]] = {
    happened.MessageSent: on_sent,
    happened.MessageEdited: on_edited,
    happened.MessageDeleted: on_deleted,
    happened.ReactionChanged: on_reaction,
    happened.MessagePinned: on_pinned,
    happened.ConversationOpened: on_conversation,
    happened.ConversationChanged: on_conversation,
    happened.ConversationErased: on_erased,
    happened.ChannelRenewed: on_renewed,
    happened.MembershipChanged: on_membership,
    happened.AccessRevoked: on_access_revoked,
    happened.ReadMarked: on_read,
    happened.MarksChanged: on_shelf,
    happened.DraftSaved: on_shelf,
    happened.PersonTyped: on_typing,
}
