"""The HTTP API of Q&A: one line of work for each route."""

from __future__ import annotations

from typing import Any

from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as make_blueprint
from plugin.api.limits import limited
from plugin.api.pagination import decode_cursor
from plugin.api.pagination import page as page_of
from plugin.api.versions import if_match
from plugin.api.writes import writes
from plugin.qa import desk, policy, queries, schemas, service, sorting, views
from plugin.qa.models import QuestionState

blueprint = make_blueprint("qa", __name__, description="Questions from the audience")

View = dict[str, Any]


@blueprint.route("/questions")
@authenticated
@blueprint.arguments(schemas.ListArguments, location="query")
@blueprint.response(200, schemas.QuestionPage)
def questions(arguments: dict[str, Any]) -> View:
    """List the questions that the person may see."""
    actor, limit = current_actor(), arguments["limit"]
    after_id = decode_cursor(arguments["cursor"])
    rows = sorting.page(actor, sort=arguments["sort"], state=arguments["state"], after_id=after_id, limit=limit)
    shown = {view["id"]: view for view in views.for_actor(actor, rows[:limit])}
    return page_of(rows, limit, position=lambda row: row.id, render=lambda row: shown[row.id])


@blueprint.route("/questions", methods=["POST"])
@limited("20 per minute")
@writes
@blueprint.arguments(schemas.AskBody)
@blueprint.response(201, schemas.QuestionAnswer)
def ask(body: dict[str, Any]) -> View:
    """Ask a question; the same ``client_id`` again answers with the question that stands already."""
    return views.of(current_actor(), service.ask(current_actor(), **body))


@blueprint.route("/questions/<question_id>")
@authenticated
@blueprint.response(200, schemas.QuestionAnswer)
def question(question_id: str) -> View:
    """Return one question."""
    return views.of(current_actor(), policy.ensure_can_see(current_actor(), queries.question(question_id)))


@blueprint.route("/questions/by-number/<int:number>")
@authenticated
@blueprint.response(200, schemas.QuestionAnswer)
def question_by_number(number: int) -> View:
    """Return the question that people call by this number."""
    actor = current_actor()
    return views.of(actor, policy.ensure_can_see(actor, queries.question_by_number(actor.session_id, number)))


@blueprint.route("/questions/<question_id>/vote", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.response(200, schemas.QuestionAnswer)
def vote(question_id: str) -> View:
    """Vote for a question; again changes nothing."""
    return views.of(current_actor(), service.vote(current_actor(), question_id))


@blueprint.route("/questions/<question_id>/vote", methods=["DELETE"])
@limited("30 per minute")
@writes
@blueprint.response(200, schemas.QuestionAnswer)
def unvote(question_id: str) -> View:
    """Take the vote back."""
    return views.of(current_actor(), service.unvote(current_actor(), question_id))


@blueprint.route("/questions/<question_id>/withdraw", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.response(200, schemas.QuestionAnswer)
def withdraw(question_id: str) -> View:
    """Take back a question of one's own."""
    return views.of(current_actor(), service.withdraw(current_actor(), question_id))


@blueprint.route("/questions/<question_id>/moves", methods=["POST"])
@limited("120 per minute")
@writes
@blueprint.arguments(schemas.MoveBody)
@blueprint.response(200, schemas.QuestionAnswer)
def move(body: dict[str, Any], question_id: str) -> View:
    """Take a question to another state; ``If-Match`` names the version that the host saw."""
    to: QuestionState = body["to"]
    close_current: bool = body["close_current"]
    moved = desk.move(current_actor(), question_id, to=to, version=if_match(), close_current=close_current)
    return views.of(current_actor(), moved)


@blueprint.route("/questions/<question_id>/rank", methods=["POST"])
@limited("120 per minute")
@writes
@blueprint.arguments(schemas.RankBody)
@blueprint.response(200, schemas.QuestionAnswer)
def rank(body: dict[str, Any], question_id: str) -> View:
    """Give a queued question another place."""
    return views.of(current_actor(), desk.rank(current_actor(), question_id, **body))


@blueprint.route("/questions/<question_id>/undo", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.QuestionAnswer)
def undo(question_id: str) -> View:
    """Take back one's own last change."""
    return views.of(current_actor(), desk.undo(current_actor(), question_id))


@blueprint.route("/questions/<question_id>/bring-up", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.CloseCurrentBody)
@blueprint.response(200, schemas.BringUpAnswer)
def bring_up(body: dict[str, Any], question_id: str) -> View:
    """Invite the asker onto the stage with their question."""
    asked, turn = desk.bring_up(current_actor(), question_id, version=if_match(), **body)
    return {"question": views.of(current_actor(), asked), "turn": views.invitation(turn)}


@blueprint.route("/questions/<question_id>/answered", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.AnsweredBody)
@blueprint.response(200, schemas.QuestionAnswer)
def answered(body: dict[str, Any], question_id: str) -> View:
    """Close the question on stage and return its asker to the audience."""
    return views.of(current_actor(), desk.answered(current_actor(), question_id, version=if_match(), **body))


@blueprint.route("/questions/next", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.CloseCurrentBody)
@blueprint.response(200, schemas.QuestionAnswer)
def take_next(body: dict[str, Any]) -> View:
    """Take the first of the run order on stage."""
    return views.of(current_actor(), desk.take_next(current_actor(), **body))


@blueprint.route("/questions/seen", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.SeenBody)
@blueprint.response(200, schemas.SeenAnswer)
def mark_seen(body: dict[str, Any]) -> View:
    """Note that a host had these questions on screen."""
    return {"seen": service.mark_seen(current_actor(), body["ids"])}


@blueprint.route("/questions/settings", methods=["PATCH"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.SettingsBody)
@blueprint.response(200, schemas.SettingsAnswer)
def change_settings(body: dict[str, Any]) -> View:
    """Change how the session wants its Q&A."""
    return views.settings_view(service.change_settings(current_actor(), **body))
