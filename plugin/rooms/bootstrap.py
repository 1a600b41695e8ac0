"""The rooms' part of a panel's first answer: me, the room, the session, people, hands and turns, as I may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from plugin.accounts import queries as accounts
from plugin.accounts import service as accounts_service
from plugin.core.actor import Actor
from plugin.core.database import session as db_session
from plugin.realtime import channels as channel_names
from plugin.rooms import queries, views
from plugin.rooms.models import Participant, StageTurn
from plugin.rooms.ports import current_ports
from plugin.rooms.states import TurnState

View = dict[str, Any]


def channels(actor: Actor) -> list[str]:
    """Return which of the rooms' channels this person subscribes to: exactly one of audience and backstage."""
    common = channel_names.backstage if actor.is_backstage else channel_names.audience
    return [common(actor.session_id), channel_names.person(actor.session_id, actor.account_id)]


def rooms_part(actor: Actor) -> View:
    """Return everything a panel shows of the room; the number of queries does not depend on who is there."""
    session = queries.session(actor.session_id)
    return {
        "me": me_view(actor),
        "room": _room_view(actor),
        "session": views.session_view(session, queries.room(actor.room_id)),
        "participants": participants_view(actor),
        "hands": hands_view(actor),
        "turns": turns_view(actor),
        "relations": relations_view(actor),
    }


def relations_view(actor: Actor) -> View:
    """Show a person whom they follow and have blocked, anywhere: *3 you follow* is counted where people come and go."""
    return {
        "followed": sorted(current_ports().follows.followed_by(actor.account_id)),
        "blocked": sorted(accounts.blocked_by(actor.account_id)),
    }


def me_view(actor: Actor) -> View:
    """Show a person to themselves."""
    person = queries.participant_by_id(actor.session_id, actor.participant_id)
    account = accounts.account(actor.account_id)
    return {
        "account_id": actor.account_id,
        "participant_id": actor.participant_id,
        "name": actor.name,
        "role": actor.role,
        "is_guest": actor.is_guest,
        "is_platform_moderator": actor.is_platform_moderator,
        "is_quiet": person.is_quiet,
        "time_limits": account.time_limits,
        "undo_seconds": accounts_service.undo_seconds(account.time_limits),
    }


def _room_view(actor: Actor) -> View:
    room = queries.room(actor.room_id)
    ports = current_ports()
    return {
        "id": room.id,
        "title": room.title,
        "platform": ports.platforms.kind(room.install_id),
        "capabilities": sorted(ports.platforms.platform(room.install_id).capabilities()),
        "follows_available": ports.follows.is_available(),
    }


def participants_view(actor: Actor) -> list[View]:
    """Show hosts, speakers and the present; me in any case."""
    people = list(queries.listed_participants(actor.session_id, with_quiet=actor.is_backstage))
    return [views.participant_view(person, is_backstage=actor.is_backstage) for person in people]


def hands_view(actor: Actor) -> list[View]:
    """Show the queue."""
    return [
        views.hand_view(
            hand, person, is_backstage=actor.is_backstage, is_own=hand.participant_id == actor.participant_id
        )
        for hand, person in queries.raised_hands(actor.session_id)
    ]


def turns_view(actor: Actor) -> list[View]:
    """Show the turns: backstage all that matter, others who is on stage and whatever is their own."""
    turns = [turn for turn in queries.shown_turns(actor.session_id) if _may_see(actor, turn)]
    people = _people_of(turns)
    return [
        views.turn_view(
            turn,
            people[turn.participant_id],
            people.get(turn.invited_by_id),
            is_full=actor.is_backstage or turn.participant_id == actor.participant_id,
        )
        for turn in turns
    ]


def _may_see(actor: Actor, turn: StageTurn) -> bool:
    if views.effective_state(turn) == TurnState.EXPIRED:
        return False
    return actor.is_backstage or turn.participant_id == actor.participant_id or turn.state == TurnState.ON_STAGE


def _people_of(turns: Sequence[StageTurn]) -> dict[str, Participant]:
    ids = {turn.participant_id for turn in turns} | {turn.invited_by_id for turn in turns}
    if not ids:
        return {}
    people = db_session().scalars(select(Participant).where(Participant.id.in_(ids)))
    return {person.id: person for person in people}
