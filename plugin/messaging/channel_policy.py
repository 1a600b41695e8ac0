"""Who may hear conversations and inboxes, asked of the kind at each subscription."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plugin.core.actor import Actor
from plugin.messaging import access
from plugin.messaging.conversations import channel_of
from plugin.realtime import channels


def may_hear_conversation(actor: Actor, channel: str) -> bool:
    """Whoever may read the conversation, on the channel that it has now."""
    _, _, rest = channel.partition(":")
    conversation_id = rest.partition(":")[0]
    return channel == channel_of(access.conversation(actor, conversation_id))


def may_hear_inbox(actor: Actor, channel: str) -> bool:
    """Only the person."""
    return channel == channels.inbox(actor.account_id)


def own_channels(actor: Actor) -> tuple[str, ...]:
    """Return the channels of messaging that every panel subscribes to; conversations name their own."""
    return (channels.inbox(actor.account_id),)


POLICIES: Mapping[str, Callable[[Actor, str], bool]] = {
    "conversation": may_hear_conversation,
    "inbox": may_hear_inbox,
}
