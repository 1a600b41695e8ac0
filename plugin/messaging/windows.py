"""Windows onto a conversation's messages, cut by ``seq`` and never reaching before what the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.core.actor import Actor
from plugin.messaging import access, queries, views
from plugin.messaging.conversations import channel_of
from plugin.messaging.models import Conversation, Message
from plugin.realtime import channel_log

#: A reader who missed more than this starts again from the latest messages.
RESUME_MAX = 500

View = dict[str, Any]


def window(
    actor: Actor,
    conversation_id: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    thread_id: str | None = None,
    limit: int = 50,
) -> View:
    """Return messages in ascending order, the latest ones if nothing else is asked.

    ``after`` returns everything since, at most `RESUME_MAX`; past that ``gap`` is true and the latest are returned
    instead. ``channel`` and its ``seq`` are from before the reading: subscribe there and miss nothing.
    """
    conversation = access.conversation(actor, conversation_id)
    channel = channel_of(conversation)
    seq = channel_log.latest([channel])[channel]
    conversation = access.conversation(actor, conversation_id)
    first = access.visible_from(actor, conversation)
    gap = after is not None and conversation.last_seq - max(after, first - 1) > RESUME_MAX
    if thread_id:
        access.visible_message(actor, conversation, thread_id)
        rows = queries.thread_before(thread_id, before or conversation.last_seq + 1, first, limit)
    elif after is not None and not gap:
        rows = queries.messages_after(conversation.id, max(after, first - 1), RESUME_MAX)
    elif around is not None:
        rows = _around(conversation, around, first, limit)
    else:
        rows = queries.messages_before(conversation.id, before or conversation.last_seq + 1, first, limit)
    return {
        "items": views.message_views(rows, actor.account_id),
        "first_seq": first,
        "last_seq": conversation.last_seq,
        "gap": gap,
        "channel": {"name": channel, "seq": seq},
    }


def _around(conversation: Conversation, seq: int, first: int, limit: int) -> Sequence[Message]:
    half = max(1, limit // 2)
    earlier = queries.messages_before(conversation.id, seq, first, half)
    return [*earlier, *queries.messages_after(conversation.id, max(seq, first) - 1, limit - half)]
