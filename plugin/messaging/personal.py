"""A conversation as one person's list shows it: what is unread, muted, put away, typed; and what they may do in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, func, literal, or_, select, tuple_, union_all

from plugin.core.actor import Actor
from plugin.core.clock import isoformat, now
from plugin.core.database import session
from plugin.messaging import access, policy, shelf, views
from plugin.messaging.kinds import kind_of, kinds
from plugin.messaging.models import Conversation, ConversationState, Draft, Message, ReadMarker
from plugin.messaging.people import Roster, rosters

View = dict[str, Any]
#: Whose view of what: (conversation_id, account_id).
Key = tuple[str, str]

#: A larger count is not told: "99+".
UNREAD_MAX = 100


def list_view(actor: Actor, conversations: Sequence[Conversation]) -> list[View]:
    """Show conversations in a person's list; the number of queries does not grow with them."""
    keys = [(one.id, actor.account_id) for one in conversations]
    by_key = keyed_views(conversations, keys)
    return [by_key[key] for key in keys]


def full_view(actor: Actor, conversation: Conversation) -> View:
    """Show one conversation with what the person may do in it and who will read them."""
    kind = kind_of(conversation)
    refusal = policy.posting_refusal(actor, conversation)
    return list_view(actor, [conversation])[0] | {
        "audience": dict(kind.audience_line(actor, conversation)),
        "can": {
            "post": refusal is None,
            "post_refusal": {"code": refusal.code, "message": refusal.message} if refusal else None,
            "moderate": kind.may_moderate(actor, conversation),
            "pin": policy.may_pin(actor, conversation),
            "thread": kind.rules.has_threads,
        },
        "first_seq": access.visible_from(actor, conversation),
        "receipts": receipts(conversation, actor.account_id),
    }


def keyed_views(conversations: Sequence[Conversation], keys: Sequence[Key]) -> Mapping[Key, View]:
    """Show conversations to people, as many pairs as there are, in a handful of queries."""
    by_id = {one.id: one for one in conversations}
    if not keys:
        return {}
    people = rosters(conversations)
    firsts = _visible_from(conversations, keys)
    markers = {key: _untouched(key) for key in keys} | dict(_markers(keys))
    drafts, lasts = _drafts(keys), _last_messages(conversations)
    unread = _unread_counts({key: max(markers[key].last_read_seq, firsts[key] - 1) for key in keys})
    return {
        key: _view(by_id[key[0]], people[key[0]], markers[key])
        | {
            "unread_count": unread[key],
            "draft": _draft_view(drafts.get(key)),
            "last_message": _if_visible(lasts.get(key[0]), firsts[key]),
        }
        for key in keys
    }


def _view(conversation: Conversation, roster: Roster, marker: ReadMarker) -> View:
    return views.conversation_view(conversation, roster) | {
        "last_read_seq": marker.last_read_seq,
        "is_muted": shelf.is_muted(marker),
        "muted_until_at": isoformat(marker.muted_until_at) if shelf.is_muted(marker) else None,
        "is_archived": shelf.is_archived(marker, conversation),
        "shares_receipts": marker.shares_receipts,
    }


def _if_visible(last: View | None, first_seq: int) -> View | None:
    return last if last and last["seq"] >= first_seq else None


def _draft_view(draft: Draft | None) -> View | None:
    if draft is None:
        return None
    return {"text": draft.text, "quote_id": draft.quote_id, "updated_at": isoformat(draft.updated_at)}


def _visible_from(conversations: Sequence[Conversation], keys: Sequence[Key]) -> Mapping[Key, int]:
    accounts = sorted({account_id for _, account_id in keys})
    firsts = dict.fromkeys(keys, 1)
    for name in {one.kind for one in conversations}:
        ids = [one.id for one in conversations if one.kind == name]
        firsts.update(kinds()[name].visible_from_seqs(ids, accounts))
    return firsts


def _untouched(key: Key) -> ReadMarker:
    return ReadMarker(conversation_id=key[0], account_id=key[1], last_read_seq=0, shares_receipts=False)


def _markers(keys: Sequence[Key]) -> Mapping[Key, ReadMarker]:
    wanted = tuple_(ReadMarker.conversation_id, ReadMarker.account_id).in_(keys)
    found = session().scalars(select(ReadMarker).where(wanted).execution_options(populate_existing=True))
    return {(one.conversation_id, one.account_id): one for one in found}


def _drafts(keys: Sequence[Key]) -> Mapping[Key, Draft]:
    wanted = tuple_(Draft.conversation_id, Draft.account_id).in_(keys)
    found = session().scalars(select(Draft).where(wanted).execution_options(populate_existing=True))
    return {(one.conversation_id, one.account_id): one for one in found}


def _last_messages(conversations: Sequence[Conversation]) -> Mapping[str, View]:
    ends = [(one.id, one.last_seq) for one in conversations if one.last_seq]
    if not ends:
        return {}
    rows = session().scalars(select(Message).where(tuple_(Message.conversation_id, Message.seq).in_(ends))).all()
    shown = views.quote_views(rows)
    return {
        row.conversation_id: view | {"created_at": isoformat(row.created_at)}
        for row, view in zip(rows, shown, strict=True)
    }


def last_message_view(message: Message) -> View:
    """Show the end of a conversation, for the list."""
    return views.quote_views([message])[0] | {"created_at": isoformat(message.created_at)}


def _unread_counts(read: Mapping[Key, int]) -> Mapping[Key, int]:
    places = list(read)
    counted = [
        select(literal(place).label("place"), _unread(key, read[key]).label("count"))
        for place, key in enumerate(places)
    ]
    return {places[place]: count for place, count in session().execute(union_all(*counted))}


def _unread(key: Key, read_seq: int) -> ScalarSelect[int]:
    first = _unread_messages(key[1]).where(Message.conversation_id == key[0], Message.seq > read_seq)
    return select(func.count()).select_from(first.limit(UNREAD_MAX).subquery()).scalar_subquery()


def _unread_messages(account_id: str) -> Select[int]:
    others = or_(Message.author_id.is_(None), Message.author_id != account_id)
    return select(Message.number).where(others, Message.deleted_at.is_(None))


def unread_conversations(actor: Actor) -> int:
    """Return the number on the badge: conversations with something unread, not muted, put away or merely asked for."""
    kept = and_(ReadMarker.conversation_id == Conversation.id, ReadMarker.account_id == actor.account_id)
    # What a newcomer may not see yet is not unread either: their marker is put there when they are let in.
    waiting = (
        _unread_messages(actor.account_id)
        .where(
            Message.conversation_id == Conversation.id,
            Message.seq > func.coalesce(ReadMarker.last_read_seq, 0),
        )
        .correlate(Conversation, ReadMarker)
    )
    counted = (
        select(func.count())
        .select_from(Conversation)
        .outerjoin(ReadMarker, kept)
        .where(
            Conversation.id.in_(access.readable_ids(actor)),
            Conversation.state.in_((ConversationState.OPEN, ConversationState.READ_ONLY)),
            or_(ReadMarker.muted_until_at.is_(None), ReadMarker.muted_until_at <= now()),
            or_(ReadMarker.archived_at_seq.is_(None), ReadMarker.archived_at_seq < Conversation.last_seq),
            waiting.exists(),
        )
    )
    return session().scalar(counted) or 0


def receipts(conversation: Conversation, account_id: str) -> list[View]:
    """Return how far those have read who show it, to somebody who shows it too."""
    shown = select(ReadMarker).where(ReadMarker.conversation_id == conversation.id, ReadMarker.shares_receipts)
    found = {one.account_id: one.last_read_seq for one in session().scalars(shown.limit(UNREAD_MAX))}
    if account_id not in found:
        return []
    present = {person.account_id for person in rosters([conversation])[conversation.id].people}
    return [
        {"account_id": who, "seq": seq} for who, seq in sorted(found.items()) if who != account_id and who in present
    ]
