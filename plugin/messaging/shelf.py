"""What each person keeps for themselves about a conversation: read, muted, put away, typed; nobody else is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.text import clean_text
from plugin.messaging import access, policy, queries
from plugin.messaging.domain_events import DraftSaved, MarksChanged, PersonTyped, ReadMarked
from plugin.messaging.errors import TooLongError
from plugin.messaging.kinds import kind_of
from plugin.messaging.models import Conversation, Draft, ReadMarker
from plugin.messaging.wording import TEXT_MAX
from plugin.outbox.recorder import record

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
DRAFT_DAYS = 30
#: Larger conversations do not say who is writing.
TYPING_PEOPLE_MAX = 50


def mark_read(actor: Actor, conversation_id: str, *, seq: int) -> ReadMarker:
    """Note that the person has read up to ``seq``; it never goes back."""
    conversation = access.conversation(actor, conversation_id)
    marker = queries.marker_for_update(conversation.id, actor.account_id)
    seq = min(seq, conversation.last_seq)
    if seq > marker.last_read_seq:
        marker.last_read_seq = seq
        _record_read(marker)
    return marker


def mark_unread(actor: Actor, conversation_id: str, *, seq: int) -> ReadMarker:
    """Show everything from ``seq`` on as unread again: the one way back."""
    conversation = access.conversation(actor, conversation_id)
    marker = queries.marker_for_update(conversation.id, actor.account_id)
    if seq <= marker.last_read_seq:
        marker.last_read_seq = max(0, seq - 1)
        _record_read(marker)
    return marker


def _record_read(marker: ReadMarker) -> None:
    record(ReadMarked(conversation_id=marker.conversation_id, account_id=marker.account_id, seq=marker.last_read_seq))


def settle_after_sending(conversation: Conversation, account_id: str) -> None:
    """Whoever writes has read what stands there, and their draft is used up; the push of the message says as much."""
    marker = queries.marker_for_update(conversation.id, account_id)
    marker.last_read_seq = max(marker.last_read_seq, conversation.last_seq)
    if marker.shares_receipts:
        _record_read(marker)
    draft = queries.draft(conversation.id, account_id)
    if draft is not None:
        session().delete(draft)
        record(DraftSaved(conversation_id=conversation.id, account_id=account_id))


def mute(actor: Actor, conversation_id: str, *, for_seconds: int | None) -> ReadMarker:
    """Keep the conversation from counting and notifying: for a while, or until unmuted (None)."""
    until = FOREVER if for_seconds is None else now() + timedelta(seconds=for_seconds)
    return _set_mute(actor, conversation_id, until)


def unmute(actor: Actor, conversation_id: str) -> ReadMarker:
    """Let the conversation count again."""
    return _set_mute(actor, conversation_id, None)


def _set_mute(actor: Actor, conversation_id: str, until: datetime | None) -> ReadMarker:
    conversation = access.conversation(actor, conversation_id)
    marker = queries.marker_for_update(conversation.id, actor.account_id)
    marker.muted_until_at = until
    record(MarksChanged(conversation_id=conversation.id, account_id=actor.account_id))
    return marker


def is_muted(marker: ReadMarker) -> bool:
    """Whether the conversation is muted at this moment."""
    return marker.muted_until_at is not None and marker.muted_until_at > now()


def archive(actor: Actor, conversation_id: str) -> ReadMarker:
    """Put the conversation away until its next message."""
    conversation = access.conversation(actor, conversation_id)
    return _set_archived(actor, conversation, conversation.last_seq)


def unarchive(actor: Actor, conversation_id: str) -> ReadMarker:
    """Take the conversation out again."""
    return _set_archived(actor, access.conversation(actor, conversation_id), None)


def _set_archived(actor: Actor, conversation: Conversation, seq: int | None) -> ReadMarker:
    marker = queries.marker_for_update(conversation.id, actor.account_id)
    marker.archived_at_seq = seq
    record(MarksChanged(conversation_id=conversation.id, account_id=actor.account_id))
    return marker


def is_archived(marker: ReadMarker, conversation: Conversation) -> bool:
    """Whether the conversation is put away and nothing was said since."""
    return marker.archived_at_seq is not None and marker.archived_at_seq >= conversation.last_seq


def share_receipts(actor: Actor, conversation_id: str, *, is_shared: bool) -> ReadMarker:
    """Show those who do the same how far one has read, and see it of them."""
    conversation = access.conversation(actor, conversation_id)
    marker = queries.marker_for_update(conversation.id, actor.account_id)
    marker.shares_receipts = is_shared
    record(MarksChanged(conversation_id=conversation.id, account_id=actor.account_id))
    return marker


def save_draft(actor: Actor, conversation_id: str, *, text: str, quote_id: str | None = None) -> Draft | None:
    """Keep what the person has typed, on all their devices; an empty text lets it go."""
    conversation = access.conversation(actor, conversation_id)
    cleaned = clean_text(text)
    if len(cleaned) > TEXT_MAX:
        raise TooLongError(f"A message has at most {TEXT_MAX} characters; this has {len(cleaned)}.")
    if quote_id:
        policy.ensure_exists(access.visible_message(actor, conversation, quote_id))
    queries.marker_for_update(conversation.id, actor.account_id)  # two devices at once wait for one another here
    session().execute(
        delete(Draft).where(Draft.conversation_id == conversation.id, Draft.account_id == actor.account_id)
    )
    draft = None
    if cleaned or quote_id:
        draft = Draft(
            conversation_id=conversation.id,
            account_id=actor.account_id,
            text=cleaned,
            quote_id=quote_id,
            updated_at=now(),
        )
        session().add(draft)
    session().flush()
    record(DraftSaved(conversation_id=conversation.id, account_id=actor.account_id))
    return draft


def type_in(actor: Actor, conversation_id: str) -> None:
    """Show the others that the person is writing, where the conversation is small and open to them."""
    conversation = access.conversation(actor, conversation_id)
    policy.ensure_can_post(actor, conversation)
    is_small = (conversation.members_count or 0) <= TYPING_PEOPLE_MAX
    if is_small and kind_of(conversation).rules.has_typing:
        record(PersonTyped(conversation_id=conversation.id, account_id=actor.account_id))
