"""The HTTP routes by which a person follows and blocks others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plugin.accounts import queries, relations, schemas, views
from plugin.accounts.models import Account
from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as make_blueprint
from plugin.api.limits import limited
from plugin.api.pagination import PageArguments, decode_cursor
from plugin.api.pagination import page as page_of
from plugin.api.writes import writes
from plugin.core.errors import InvalidError

View = dict[str, Any]

blueprint = make_blueprint("accounts", __name__, "People: following and blocking.")


def _relation(other: Account) -> View:
    return views.relation_view(current_actor().account_id, other.id)


@blueprint.route("/accounts/<account_id>/follow", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.RelationAnswer)
def follow(account_id: str) -> View:
    """Follow somebody of this install; they are not told."""
    return _relation(relations.follow(current_actor(), account_id))


@blueprint.route("/accounts/<account_id>/follow", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.RelationAnswer)
def unfollow(account_id: str) -> View:
    """No longer follow somebody."""
    return _relation(relations.unfollow(current_actor(), account_id))


@blueprint.route("/accounts/<account_id>/block", methods=["PUT"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.RelationAnswer)
def block(account_id: str) -> View:
    """Block somebody, in every room of this install; they are not told."""
    return _relation(relations.block(current_actor(), account_id))


@blueprint.route("/accounts/<account_id>/block", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.RelationAnswer)
def unblock(account_id: str) -> View:
    """Take a block back."""
    return _relation(relations.unblock(current_actor(), account_id))


@blueprint.route("/accounts/blocked")
@authenticated
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, schemas.BlockPage)
def blocked(arguments: View) -> View:
    """List whom the person has blocked, the latest first."""
    limit = arguments["limit"]
    rows = queries.blocks(current_actor().account_id, _place(arguments["cursor"]), limit + 1)
    return page_of(
        rows,
        limit,
        position=lambda row: f"{row[0].created_at.isoformat()} {row[1].id}",
        render=lambda row: views.block_view(*row),
    )


def _place(cursor: str | None) -> tuple[datetime, str] | None:
    position = decode_cursor(cursor)
    if position is None:
        return None
    instant, _, account_id = position.partition(" ")
    try:
        return datetime.fromisoformat(instant), account_id
    except ValueError as error:
        raise InvalidError("This cursor is not one of ours.", code="bad_cursor") from error
