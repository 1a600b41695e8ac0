"""The rooms' HTTP routes: the session, its people, hands and turns on stage."""

from __future__ import annotations

from typing import Any

from plugin.accounts import service as accounts
from plugin.api.auth import authenticated, current_actor
from plugin.api.blueprint import blueprint as new_blueprint
from plugin.api.limits import limited
from plugin.api.pagination import PageArguments, decode_cursor, page
from plugin.api.writes import writes
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import bootstrap, hands, people, queries, schemas, sessions, settings, stage, views
from plugin.rooms.models import Hand, Participant, RoomSession, StageTurn

View = dict[str, Any]

blueprint = new_blueprint("rooms", __name__, "The session, its people, raised hands and the stage.")


def _session(session: RoomSession) -> View:
    return views.session_view(session, queries.room(session.room_id))


def _participant(person: Participant) -> View:
    return views.participant_view(person, is_backstage=True)


def _hand(hand: Hand) -> View:
    actor = current_actor()
    person = queries.participant_by_id(hand.session_id, hand.participant_id)
    is_own = person.id == actor.participant_id
    return views.hand_view(hand, person, is_backstage=actor.is_backstage, is_own=is_own)


def _turn(turn: StageTurn) -> View:
    person = queries.participant_by_id(turn.session_id, turn.participant_id)
    inviter = queries.participant_by_id(turn.session_id, turn.invited_by_id)
    return views.turn_view(turn, person, inviter, is_full=True)


@blueprint.route("/session", methods=["GET"])
@authenticated
@blueprint.response(200, schemas.SessionAnswer)
def show_session() -> View:
    """Show the session."""
    return _session(queries.session(current_actor().session_id))


@blueprint.route("/session/settings", methods=["PATCH"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.SettingsBody)
@blueprint.response(200, schemas.SessionAnswer)
def change_settings(body: View) -> View:
    """Change how the session works."""
    return _session(settings.change(current_actor(), **body))


@blueprint.route("/session/transitions", methods=["POST"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.TransitionBody)
@blueprint.response(200, schemas.SessionAnswer)
def move_session(body: View) -> View:
    """Start, end or put away the session; 409 `illegal_transition` when it cannot go there."""
    return _session(sessions.move(current_actor(), body["to"]))


@blueprint.route("/participants", methods=["GET"])
@authenticated
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, schemas.ParticipantsPage)
def list_participants(arguments: View) -> View:
    """List those who are here; quiet listeners only for the hosts."""
    actor, limit = current_actor(), arguments["limit"]
    after = decode_cursor(arguments["cursor"])
    rows = queries.participants_after(actor.session_id, after, limit + 1, with_quiet=actor.is_backstage)
    return page(
        rows,
        limit,
        position=lambda person: person.id,
        render=lambda person: views.participant_view(person, is_backstage=actor.is_backstage),
    )


@blueprint.route("/participants/<participant_id>/role", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.RoleBody)
@blueprint.response(200, schemas.ParticipantAnswer)
def set_role(body: View, participant_id: str) -> View:
    """Give somebody a role until the session ends."""
    return _participant(people.set_role(current_actor(), participant_id, body["role"]))


@blueprint.route("/participants/<participant_id>/to-audience", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.ParticipantAnswer)
def return_to_audience(participant_id: str) -> View:
    """Take back the right to speak."""
    return _participant(people.to_audience(current_actor(), participant_id))


@blueprint.route("/participants/<participant_id>/mute", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.ParticipantAnswer)
def mute(participant_id: str) -> View:
    """Close somebody's microphone."""
    return _participant(people.mute(current_actor(), participant_id))


@blueprint.route("/participants/<participant_id>/remove", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(204)
def remove(participant_id: str) -> None:
    """Put somebody out of the room for this session."""
    people.remove(current_actor(), participant_id)


@blueprint.route("/me/quiet", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.QuietBody)
@blueprint.response(200, schemas.ParticipantAnswer)
def listen_quietly(body: View) -> View:
    """Be counted without being listed, or be listed again."""
    return _participant(people.listen_quietly(current_actor(), body["is_quiet"]))


@blueprint.route("/me/preferences", methods=["PUT"])
@limited("30 per minute")
@writes
@blueprint.arguments(schemas.PreferencesBody)
@blueprint.response(200, schemas.MeAnswer)
def prefer(body: View) -> View:
    """Say how much time one wants for decisions."""
    accounts.prefer_time_limits(current_actor().account_id, body["time_limits"])
    return bootstrap.me_view(current_actor())


@blueprint.route("/heartbeat", methods=["POST"])
@limited("30 per minute")
@authenticated
@blueprint.response(204)
def heartbeat() -> None:
    """Say that the panel is still open; written down only now and then."""
    actor = current_actor()
    person = queries.participant_by_id(actor.session_id, actor.participant_id)
    if people.is_beat_due(person):
        with unit_of_work():
            people.beat(actor)


@blueprint.route("/hands", methods=["POST"])
@limited("20 per minute")
@writes
@blueprint.arguments(schemas.HandBody)
@blueprint.response(201, schemas.HandAnswer)
def raise_hand(body: View) -> View:
    """Raise one's hand."""
    return _hand(hands.raise_hand(current_actor(), **body))


@blueprint.route("/hands/mine", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(204)
def lower_my_hand() -> None:
    """Take one's own hand down."""
    hands.lower_mine(current_actor())


@blueprint.route("/hands/<hand_id>/later", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.HandAnswer)
def put_hand_last(hand_id: str) -> View:
    """*Not now*: to the end of the queue."""
    return _hand(hands.put_last(current_actor(), hand_id))


@blueprint.route("/hands/<hand_id>", methods=["DELETE"])
@limited("60 per minute")
@writes
@blueprint.response(204)
def lower_hand(hand_id: str) -> None:
    """Take somebody's hand down."""
    hands.dismiss(current_actor(), hand_id)


@blueprint.route("/hands/lower-all", methods=["POST"])
@limited("20 per minute")
@writes
@blueprint.response(204)
def lower_all_hands() -> None:
    """Take every hand down."""
    hands.lower_all(current_actor())


@blueprint.route("/stage-turns", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.arguments(schemas.InviteBody)
@blueprint.response(201, schemas.TurnAnswer)
def invite(body: View) -> View:
    """Ask a person onto the stage."""
    return _turn(stage.invite(current_actor(), body["participant_id"], hand_id=body["hand_id"]))


@blueprint.route("/stage-turns/<turn_id>/accept", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def accept(turn_id: str) -> View:
    """Agree to go on stage."""
    return _turn(stage.accept(current_actor(), turn_id))


@blueprint.route("/stage-turns/<turn_id>/decline", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def decline(turn_id: str) -> View:
    """Say *not now*."""
    return _turn(stage.decline(current_actor(), turn_id))


@blueprint.route("/stage-turns/<turn_id>/extend", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def extend(turn_id: str) -> View:
    """Ask for more time to answer."""
    return _turn(stage.extend(current_actor(), turn_id))


@blueprint.route("/stage-turns/<turn_id>/withdraw", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def withdraw(turn_id: str) -> View:
    """Take an invitation back, or put a failed one away."""
    return _turn(stage.withdraw(current_actor(), turn_id))


@blueprint.route("/stage-turns/<turn_id>/retry", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def retry(turn_id: str) -> View:
    """Ask the audio server again."""
    return _turn(stage.retry(current_actor(), turn_id))


@blueprint.route("/stage-turns/<turn_id>/end", methods=["POST"])
@limited("60 per minute")
@writes
@blueprint.response(200, schemas.TurnAnswer)
def end(turn_id: str) -> View:
    """Return to the audience, or return somebody there."""
    return _turn(stage.end(current_actor(), turn_id))
