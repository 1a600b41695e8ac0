"""Takes words out of what channels were told: the log keeps a day, and a deleted message must not come back by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from plugin.core.database import session
from plugin.messaging import people
from plugin.messaging.models import Conversation
from plugin.realtime import channels
from plugin.realtime.channel_log import ChannelLog


def forget_message(conversation: Conversation, message_id: str) -> None:
    """Blank what channels were told of a message; numbers stay, so nobody finds a hole."""
    for row in _told(conversation, message_id):
        frame = json.loads(row.frame)
        if (kept := _without(frame["data"], message_id)) != frame["data"]:
            _rewrite(row, {**frame, "data": kept})


def forget_conversation(conversation: Conversation) -> None:
    """Blank what people were told of a conversation on their own channels, and delete its own log."""
    inboxes = [channels.inbox(person.account_id) for person in people.roster(conversation).people]
    for row in _rows(inboxes, conversation.id):
        _rewrite(row, {**json.loads(row.frame), "data": {}})
    session().execute(delete(ChannelLog).where(_is_own(conversation)))


def forget_for(conversation: Conversation, account_id: str) -> None:
    """Blank what one person was told of a conversation on their own channel, so that resuming does not repeat it."""
    for row in _rows([channels.inbox(account_id)], conversation.id):
        _rewrite(row, {**json.loads(row.frame), "data": {}})


def _told(conversation: Conversation, message_id: str) -> Iterator[ChannelLog]:
    names = [channels.conversation(conversation.id, number + 1) for number in range(conversation.channel_number)]
    names += [channels.inbox(person.account_id) for person in people.roster(conversation).people]
    yield from _rows(names, message_id)


def _rows(names: Sequence[str], word: str) -> Sequence[ChannelLog]:
    found = select(ChannelLog).where(ChannelLog.channel.in_(names), ChannelLog.frame.contains(word, autoescape=True))
    return session().scalars(found).all()


def _is_own(conversation: Conversation) -> ColumnElement[bool]:
    prefix = channels.conversation(conversation.id, 0).removesuffix("0")
    return ChannelLog.channel.startswith(prefix, autoescape=True)


def _rewrite(row: ChannelLog, frame: dict[str, Any]) -> None:
    text = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
    where = ChannelLog.channel == row.channel, ChannelLog.seq == row.seq
    session().execute(update(ChannelLog).where(*where).values(frame=text))


def _without(data: Any, message_id: str) -> Any:
    """Return the data without the message's words, wherever they stand."""
    if isinstance(data, list):
        return [_without(item, message_id) for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("id") == message_id:
        return {key: _blank(key, value) for key, value in data.items()}
    return {key: _without(value, message_id) for key, value in data.items()}


_EMPTY: dict[str, Any] = {"text": "", "head": "", "body": [], "cards": [], "mentions": [], "reactions": []}
_GONE: dict[str, Any] = {"is_deleted": True, "quote": None, "pinned_at": None}


def _blank(key: str, value: Any) -> Any:
    return (_EMPTY | _GONE).get(key, value)
