"""What conversations and messages look like from outside; `GET` and pushes use the same words.

A push has no eyes: what differs from reader to reader (``mine`` of a reaction, ``can``, ``audience``) is only in
answers to requests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from plugin.accounts.models import Account
from plugin.core.clock import isoformat
from plugin.core.database import session
from plugin.messaging import access, markdown, wording
from plugin.messaging.conversations import channel_of
from plugin.messaging.models import Conversation, Message, MessageEdit, Reaction
from plugin.messaging.people import Roster, names_of

View = dict[str, Any]

#: How many people of one reaction are named.
NAMED_MAX = 20


def conversation_view(conversation: Conversation, roster: Roster) -> View:
    """Show what is the same for everybody in it."""
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "session_id": conversation.session_id,
        "name": conversation.name,
        "state": access.effective_state(conversation),
        "members": [
            {"account_id": person.account_id, "name": person.name, "role": person.role} for person in roster.people
        ],
        "member_count": roster.count,
        "last_seq": conversation.last_seq,
        "active_at": isoformat(conversation.active_at),
        "created_at": isoformat(conversation.created_at),
        "closes_at": isoformat(conversation.closes_at),
        "deletes_at": isoformat(conversation.deletes_at),
        "channel": channel_of(conversation),
        "version": conversation.version,
    }


def message_views(messages: Sequence[Message], viewer_id: str | None = None) -> list[View]:
    """Show messages in the order given; the number of queries does not grow with them.

    Without a viewer reactions are left out: a push tells them one by one (`reaction_view`).
    """
    quoted = _quoted(messages)
    names = names_of([one.author_id for one in (*messages, *quoted.values())])
    reactions = _reactions([one.id for one in messages], viewer_id) if viewer_id else None
    return [_message_view(one, quoted, names, reactions) for one in messages]


def message_view(message: Message, viewer_id: str | None = None) -> View:
    """Show one message."""
    return message_views([message], viewer_id)[0]


def _message_view(
    message: Message,
    quoted: Mapping[str, Message],
    names: Mapping[str, str],
    reactions: Mapping[str, list[View]] | None,
) -> View:
    view: View = {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "author": _author(message, names),
        "text": message.text,
        "body": message.body,
        "cards": message.cards,
        "mentions": message.mentions,
        "quote": _quote(message.quote_id, quoted, names),
        "thread_id": message.thread_id,
        "thread_count": message.thread_count,
        "created_at": isoformat(message.created_at),
        "edited_at": isoformat(message.edited_at),
        "pinned_at": isoformat(message.pinned_at),
        "is_deleted": message.deleted_at is not None,
        "client_id": message.client_key,
        "version": message.version,
    }
    return view if reactions is None else view | {"reactions": reactions.get(message.id, [])}


def _author(message: Message, names: Mapping[str, str]) -> View | None:
    if message.author_id is None:
        return None
    return {"account_id": message.author_id, "name": names.get(message.author_id, "")}


def _quoted(messages: Sequence[Message]) -> Mapping[str, Message]:
    ids = {one.quote_id for one in messages if one.quote_id}
    if not ids:
        return {}
    return {found.id: found for found in session().scalars(select(Message).where(Message.id.in_(ids)))}


def _quote(quote_id: str | None, quoted: Mapping[str, Message], names: Mapping[str, str]) -> View | None:
    if quote_id is None:
        return None
    found = quoted.get(quote_id)
    if found is None:
        return {"id": quote_id, "seq": None, "author": None, "head": "", "is_deleted": True}
    return quote_of(found, names)


def quote_of(message: Message, names: Mapping[str, str]) -> View:
    """Show a message as those quote it that answer it."""
    is_deleted = message.deleted_at is not None
    return {
        "id": message.id,
        "seq": message.seq,
        "author": _author(message, names),
        "head": "" if is_deleted else wording.head(markdown.plain(message.body)),
        "is_deleted": is_deleted,
    }


def quote_views(messages: Iterable[Message]) -> list[View]:
    """Show messages by author and beginning."""
    rows = list(messages)
    names = names_of(one.author_id for one in rows)
    return [quote_of(one, names) for one in rows]


def _reactions(message_ids: Sequence[str], viewer_id: str) -> Mapping[str, list[View]]:
    found: dict[str, dict[str, View]] = defaultdict(dict)
    for message_id, emoji, account_id, name, count in session().execute(_ranked(message_ids, viewer_id)):
        view = found[message_id].setdefault(emoji, {"emoji": emoji, "count": count, "people": [], "mine": False})
        view["people"].append({"account_id": account_id, "name": name})
        view["mine"] = view["mine"] or account_id == viewer_id
    return {message_id: list(by_emoji.values()) for message_id, by_emoji in found.items()}


def _ranked(message_ids: Sequence[str], viewer_id: str | None) -> Select[str, str, str, str, int]:
    same = [Reaction.message_id, Reaction.emoji]
    mine_first = [] if viewer_id is None else [(Reaction.account_id == viewer_id).desc()]
    rows = (
        select(
            Reaction.message_id,
            Reaction.emoji,
            Reaction.account_id,
            Account.name,
            func.count().over(partition_by=same).label("count"),
            func.min(Reaction.created_at).over(partition_by=same).label("first_at"),
            func.row_number()
            .over(partition_by=same, order_by=[*mine_first, Reaction.created_at, Reaction.account_id])
            .label("place"),
        )
        .join(Account, Account.id == Reaction.account_id)
        .where(Reaction.message_id.in_(message_ids))
        .subquery()
    )
    shown = select(rows.c.message_id, rows.c.emoji, rows.c.account_id, rows.c.name, rows.c.count)
    return shown.where(rows.c.place <= NAMED_MAX).order_by(rows.c.first_at, rows.c.emoji, rows.c.place)


def reaction_view(message_id: str, emoji: str) -> View:
    """Show one reaction as a push tells it: how many, and the first who gave it."""
    rows = [row for row in session().execute(_ranked([message_id], None)) if row[1] == emoji]
    people = [{"account_id": account_id, "name": name} for _, _, account_id, name, _ in rows]
    return {"message_id": message_id, "emoji": emoji, "count": rows[0][4] if rows else 0, "people": people}


def edit_view(edit: MessageEdit) -> View:
    """Show what a message said before."""
    return {"text": edit.text, "body": markdown.tree(edit.text), "written_at": isoformat(edit.written_at)}
