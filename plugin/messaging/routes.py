"""The HTTP API of messaging: one line of work for each route. Whoever may not read gets 404 everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as make_blueprint
from plugin.api.limits import limited
from plugin.api.pagination import PageArguments, decode_cursor
from plugin.api.pagination import page as page_of
from plugin.api.versions import if_match
from plugin.api.writes import writes
from plugin.core.errors import InvalidError
from plugin.messaging import access, personal, queries, schemas, search, service, shelf, views, windows
from plugin.messaging.models import Conversation, Message

blueprint = make_blueprint("messaging", __name__, description="Conversations and their messages")

View = dict[str, Any]

_MUTE_SECONDS = {"1h": 3600, "8h": 8 * 3600, "forever": None}


@blueprint.route("/conversations")
@authenticated
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, schemas.ConversationPage)
def conversations(arguments: View) -> View:
    """List the person's conversations, the latest active first."""
    actor, limit = current_actor(), arguments["limit"]
    rows = queries.readable(actor, _place(arguments["cursor"]), limit + 1)
    shown = {view["id"]: view for view in personal.list_view(actor, rows[:limit])}
    return page_of(rows, limit, position=_position, render=lambda row: shown[row.id])


def _position(row: Conversation) -> str:
    return f"{row.active_at.isoformat()} {row.id}"


def _place(cursor: str | None) -> tuple[datetime, str] | None:
    position = decode_cursor(cursor)
    if position is None:
        return None
    instant, _, conversation_id = position.partition(" ")
    try:
        return datetime.fromisoformat(instant), conversation_id
    except ValueError as error:
        raise InvalidError("This cursor is not one of ours.", code="bad_cursor") from error


@blueprint.route("/conversations/unread")
@authenticated
@blueprint.response(200, schemas.UnreadAnswer)
def unread() -> View:
    """Return the number on the badge: conversations, not messages."""
    return {"unread_conversations": personal.unread_conversations(current_actor())}


@blueprint.route("/conversations/<conversation_id>")
@authenticated
@blueprint.response(200, schemas.FullConversationAnswer)
def conversation(conversation_id: str) -> View:
    """Return one conversation, with what the person may do in it and who will read them."""
    return _full(conversation_id)


def _full(conversation_id: str) -> View:
    return personal.full_view(current_actor(), access.conversation(current_actor(), conversation_id))


@blueprint.route("/conversations/<conversation_id>/messages")
@limited("240 per minute")
@authenticated
@blueprint.arguments(schemas.WindowArguments, location="query")
@blueprint.response(200, schemas.WindowAnswer)
def messages(arguments: View, conversation_id: str) -> View:
    """Return a window of messages: the latest, those ``before`` or ``around`` a seq, or all ``after`` one."""
    return windows.window(current_actor(), conversation_id, **arguments)


@blueprint.route("/conversations/<conversation_id>/messages", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.SendBody)
@blueprint.response(201, schemas.MessageAnswer)
def send(body: View, conversation_id: str) -> View:
    """Say something; the same ``client_id`` again answers with the message that stands already."""
    return _message(service.send(current_actor(), conversation_id, **body))


def _message(message: Message) -> View:
    return views.message_view(message, current_actor().account_id)


@blueprint.route("/conversations/<conversation_id>/pins")
@authenticated
@blueprint.response(200, schemas.MessagesAnswer)
def pins(conversation_id: str) -> View:
    """Return the pinned messages, the latest pin first."""
    actor = current_actor()
    found = access.conversation(actor, conversation_id)
    rows = queries.pinned(found.id, access.visible_from(actor, found))
    return {"items": views.message_views(rows, actor.account_id)}


@blueprint.route("/conversations/<conversation_id>/read", methods=["PUT"])
@limited("240 per minute")
@writes
@blueprint.arguments(schemas.SeqBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def mark_read(body: View, conversation_id: str) -> View:
    """Note how far the person has read; it never goes back."""
    shelf.mark_read(current_actor(), conversation_id, **body)
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/unread", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.SeqBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def mark_unread(body: View, conversation_id: str) -> View:
    """Show everything from a message on as unread again."""
    shelf.mark_unread(current_actor(), conversation_id, **body)
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/draft", methods=["PUT"])
@limited("120 per minute")
@writes
@blueprint.arguments(schemas.DraftBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def save_draft(body: View, conversation_id: str) -> View:
    """Keep what is typed and not sent."""
    shelf.save_draft(current_actor(), conversation_id, **body)
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/mute", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.MuteBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def mute(body: View, conversation_id: str) -> View:
    """Mute a conversation for an hour, eight hours or until unmuted, or unmute it."""
    if body["duration"] == "off":
        shelf.unmute(current_actor(), conversation_id)
    else:
        shelf.mute(current_actor(), conversation_id, for_seconds=_MUTE_SECONDS[body["duration"]])
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/archive", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.ArchiveBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def archive(body: View, conversation_id: str) -> View:
    """Put a conversation away until its next message, or take it out again."""
    verb = shelf.archive if body["is_archived"] else shelf.unarchive
    verb(current_actor(), conversation_id)
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/receipts", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.ReceiptsBody)
@blueprint.response(200, schemas.FullConversationAnswer)
def share_receipts(body: View, conversation_id: str) -> View:
    """Show those who do the same how far one has read, or stop it."""
    shelf.share_receipts(current_actor(), conversation_id, **body)
    return _full(conversation_id)


@blueprint.route("/conversations/<conversation_id>/typing", methods=["POST"])
@limited("40 per minute")
@writes
@blueprint.response(204)
def type_in(conversation_id: str) -> None:
    """Show the others that the person is writing; once in three seconds is enough."""
    shelf.type_in(current_actor(), conversation_id)


@blueprint.route("/messages/<message_id>")
@authenticated
@blueprint.response(200, schemas.MessageAnswer)
def message(message_id: str) -> View:
    """Return one message."""
    return _message(access.message(current_actor(), message_id)[1])


@blueprint.route("/messages/<message_id>", methods=["PATCH"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.EditBody)
@blueprint.response(200, schemas.MessageAnswer)
def edit(body: View, message_id: str) -> View:
    """Change one's own message within 15 minutes; ``If-Match`` names the version on the screen."""
    return _message(service.edit(current_actor(), message_id, version=if_match(), **body))


@blueprint.route("/messages/<message_id>", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.MessageAnswer)
def delete(message_id: str) -> View:
    """Leave only the place of a message."""
    return _message(service.delete(current_actor(), message_id))


@blueprint.route("/messages/<message_id>/edits")
@authenticated
@blueprint.response(200, schemas.EditsAnswer)
def edits(message_id: str) -> View:
    """Return what a message said before, oldest first."""
    _, found = access.message(current_actor(), message_id)
    return {"items": [views.edit_view(one) for one in queries.edits(found.id)]}


@blueprint.route("/messages/<message_id>/reactions/<emoji>", methods=["PUT"])
@limited("120 per minute")
@writes
@blueprint.response(200, schemas.MessageAnswer)
def react(message_id: str, emoji: str) -> View:
    """Put an emoji on a message; again changes nothing."""
    return _message(service.react(current_actor(), message_id, emoji))


@blueprint.route("/messages/<message_id>/reactions/<emoji>", methods=["DELETE"])
@limited("120 per minute")
@writes
@blueprint.response(200, schemas.MessageAnswer)
def unreact(message_id: str, emoji: str) -> View:
    """Take one's emoji away."""
    return _message(service.unreact(current_actor(), message_id, emoji))


@blueprint.route("/messages/<message_id>/pin", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.MessageAnswer)
def pin(message_id: str) -> View:
    """Pin a message; again changes nothing."""
    return _message(service.pin(current_actor(), message_id))


@blueprint.route("/messages/<message_id>/pin", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.MessageAnswer)
def unpin(message_id: str) -> View:
    """Take a pin away."""
    return _message(service.unpin(current_actor(), message_id))


@blueprint.route("/search")
@limited("60 per minute")
@authenticated
@blueprint.arguments(schemas.SearchArguments, location="query")
@blueprint.response(200, schemas.FindPage)
def find(arguments: View) -> View:
    """Search one's conversations: words, "phrases", from: in: has:link is:question before: after:."""
    limit = arguments["limit"]
    found = search.finds(current_actor(), arguments["q"], decode_cursor(arguments["cursor"]), limit)
    shown = {view["message"]["id"]: view for view in found.shown}
    return page_of(found.messages, limit, position=lambda row: row.id, render=lambda row: shown[row.id])
