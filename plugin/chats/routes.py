"""The HTTP API of chats: who to write to, first messages, groups; everything else is the messaging engine's."""

from __future__ import annotations

from typing import Any

from plugin.accounts import relations
from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as make_blueprint
from plugin.api.limits import limited
from plugin.api.writes import writes
from plugin.chats import groups, policy, queries, requests, schemas, service, views
from plugin.messaging import access, personal
from plugin.messaging import views as messaging
from plugin.messaging.models import Conversation

blueprint = make_blueprint("chats", __name__, description="Direct chats and groups")

View = dict[str, Any]


@blueprint.route("/chats/people")
@limited("60 per minute")
@authenticated
@blueprint.arguments(schemas.PeopleArguments, location="query")
@blueprint.response(200, schemas.PeopleAnswer)
def people(arguments: View) -> View:
    """List those to whom the person may write, by name."""
    actor = current_actor()
    found = queries.accounts_named(service.reachable(actor), arguments["q"].strip())
    return {"items": [views.person_view(one) for one in found]}


@blueprint.route("/chats/direct/<account_id>")
@limited("120 per minute")
@authenticated
@blueprint.response(200, schemas.DirectAnswer)
def direct(account_id: str) -> View:
    """Show the chat with one person, before its first message too; looking makes nothing."""
    actor = current_actor()
    policy.ensure_can_chat(actor)
    return views.direct_view(actor, relations.other_of(actor, account_id))


@blueprint.route("/chats/direct/<account_id>/messages", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.FirstMessageBody)
@blueprint.response(201, schemas.SentAnswer)
def write(body: View, account_id: str) -> View:
    """Say something to one person; the first message makes the chat."""
    actor = current_actor()
    message = service.write(actor, account_id, **body)
    return {
        "message": messaging.message_view(message, actor.account_id),
        "conversation": personal.full_view(actor, access.conversation(actor, message.conversation_id)),
    }


@blueprint.route("/chats/groups", methods=["POST"])
@limited("10 per minute")
@writes
@blueprint.arguments(schemas.StartBody)
@blueprint.response(201, schemas.GroupAnswer)
def start(body: View) -> View:
    """Start a group; who does not follow the starter is asked first."""
    return _group(groups.start(current_actor(), **body))


def _group(group: Conversation) -> View:
    return views.group_view(current_actor(), group)


@blueprint.route("/chats/groups/room-mates", methods=["POST"])
@limited("10 per minute")
@writes
@blueprint.response(201, schemas.GroupAnswer)
def start_with_room_mates() -> View:
    """Start a group with those here whom the person follows."""
    return _group(groups.start_with_room_mates(current_actor()))


@blueprint.route("/chats/groups/shared/<account_id>")
@authenticated
@blueprint.response(200, schemas.GroupNamesAnswer)
def shared_groups(account_id: str) -> View:
    """List the groups that the person shares with another: whoever blocks somebody is offered to leave them."""
    actor = current_actor()
    found = queries.shared_groups(actor.account_id, relations.other_of(actor, account_id).id)
    return {"items": [{"id": one.id, "name": one.name} for one in found]}


@blueprint.route("/chats/groups/<conversation_id>")
@authenticated
@blueprint.response(200, schemas.GroupAnswer)
def group(conversation_id: str) -> View:
    """Show a group to a member."""
    found = access.conversation(current_actor(), conversation_id)
    policy.ensure_is_group(found)
    return _group(found)


@blueprint.route("/chats/groups/<conversation_id>", methods=["PATCH"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.ChangeBody)
@blueprint.response(200, schemas.GroupAnswer)
def change(body: View, conversation_id: str) -> View:
    """Rename a group, or choose what newcomers see."""
    return _group(groups.change(current_actor(), conversation_id, **body))


@blueprint.route("/chats/groups/<conversation_id>/members", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.AddBody)
@blueprint.response(200, schemas.GroupAnswer)
def add(body: View, conversation_id: str) -> View:
    """Add people; who does not follow the moderator is asked first."""
    return _group(groups.add(current_actor(), conversation_id, body["account_ids"]))


@blueprint.route("/chats/groups/<conversation_id>/members/me", methods=["DELETE"])
@limited("30 per minute")
@writes
@blueprint.response(204)
def leave(conversation_id: str) -> None:
    """Leave a group."""
    groups.leave(current_actor(), conversation_id)


@blueprint.route("/chats/groups/<conversation_id>/members/<account_id>", methods=["DELETE"])
@limited("30 per minute")
@writes
@blueprint.response(200, schemas.GroupAnswer)
def remove(conversation_id: str, account_id: str) -> View:
    """Put a member out, or no longer ask somebody in."""
    return _group(groups.remove(current_actor(), conversation_id, account_id))


@blueprint.route("/chats/groups/<conversation_id>/members/<account_id>/role", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.RoleBody)
@blueprint.response(200, schemas.GroupAnswer)
def set_role(body: View, conversation_id: str, account_id: str) -> View:
    """Make a member a moderator, or the reverse."""
    return _group(groups.set_role(current_actor(), conversation_id, account_id, body["role"]))


@blueprint.route("/chats/requests")
@authenticated
@blueprint.response(200, schemas.RequestsAnswer)
def group_requests() -> View:
    """List the groups that ask the person in."""
    return {"items": views.request_views(queries.waiting_requests(current_actor().account_id))}


@blueprint.route("/chats/requests/<conversation_id>/accept", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.response(200, schemas.GroupAnswer)
def accept(conversation_id: str) -> View:
    """Join a group that asks the person in."""
    return _group(groups.accept(current_actor(), conversation_id))


@blueprint.route("/chats/requests/<conversation_id>/decline", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.response(204)
def decline(conversation_id: str) -> None:
    """Say no, for good."""
    requests.decline(current_actor(), conversation_id)


@blueprint.route("/chats/preferences", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.PreferencesBody)
@blueprint.response(200, schemas.PreferencesAnswer)
def prefer(body: View) -> View:
    """Choose who may add the person to groups."""
    return {"group_invites": service.prefer_group_invites(current_actor(), body["group_invites"])}
