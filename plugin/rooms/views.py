"""What a session, a person, a hand and a turn look like from outside; `GET`, pushes and bootstrap all use these.

The backstage view is the audience's with more members. The audience never sees a quiet listener, a hand's reason or a
turn that is not on stage.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.core.actor import BACKSTAGE
from plugin.core.clock import isoformat, now
from plugin.rooms.models import Hand, Participant, Room, RoomSession, StageTurn
from plugin.rooms.states import TurnState

View = dict[str, Any]

#: A turn that waits longer than this for the audio server reads *failed*, whatever the worker does (row N1).
CONFIRMATION_SECONDS = 10
NO_ANSWER = "The audio server did not confirm in time that {name} may speak. Try again."


def session_view(session: RoomSession, room: Room) -> View:
    """Show a session."""
    return {
        "id": session.id,
        "room_id": session.room_id,
        "title": room.title,
        "number": session.number,
        "state": session.state,
        "started_at": isoformat(session.started_at),
        "ended_at": isoformat(session.ended_at),
        "present_count": session.present_count,
        "quiet_count": session.quiet_count,
        "settings": {"hands": session.hands_policy, "invite_seconds": session.invite_seconds},
        "version": session.version,
    }


def participant_view(person: Participant, *, is_backstage: bool) -> View:
    """Show a person."""
    view: View = {
        "id": person.id,
        "account_id": person.account_id,
        "name": person.name,
        "role": person.role,
        "is_present": person.is_present,
        "can_speak": person.can_speak,
        "is_audible": person.is_audible,
        "is_guest": person.is_guest,
        "joined_at": isoformat(person.joined_at),
    }
    if is_backstage:
        view |= {
            "is_quiet": person.is_quiet,
            "role_is_set_here": person.role_is_set_here,
            "turns_count": person.turns_count,
        }
    return view


def is_shown_to_audience(person: Participant) -> bool:
    """Whether the audience's list names the person: present or leading, and not listening quietly."""
    if person.removed_at is not None:
        return False
    if person.role in BACKSTAGE:
        return True
    return (person.is_present or person.can_speak) and not person.is_quiet


def is_shown_backstage(person: Participant) -> bool:
    """Whether the desk's list names the person."""
    return person.removed_at is None and (person.role in BACKSTAGE or person.is_present or person.can_speak)


def hand_view(hand: Hand, person: Participant, *, is_backstage: bool, is_own: bool = False) -> View:
    """Show a raised hand."""
    view: View = {
        "id": hand.id,
        "participant_id": hand.participant_id,
        "name": person.name,
        "raised_at": isoformat(hand.raised_at),
        "order_key": hand.order_key,
    }
    if is_backstage or is_own:
        view |= {"reason": hand.reason, "question_id": hand.question_id}
    if is_backstage:
        view |= {"turns_count": person.turns_count, "is_first_time": person.turns_count == 0}
    return view


def effective_state(turn: StageTurn, at: datetime | None = None) -> TurnState:
    """Return where the turn stands now, even if the worker that should have written it is down."""
    at = at or now()
    if turn.state == TurnState.INVITED and turn.expires_at and turn.expires_at <= at:
        return TurnState.EXPIRED
    if turn.state == TurnState.ACCEPTED and turn.accepted_at:
        if turn.accepted_at + timedelta(seconds=CONFIRMATION_SECONDS) <= at:
            return TurnState.FAILED
    return TurnState(turn.state)


def turn_view(turn: StageTurn, person: Participant, inviter: Participant | None, *, is_full: bool) -> View:
    """Show a turn; ``is_full`` for backstage and for the invited person."""
    state = effective_state(turn)
    view: View = {
        "id": turn.id,
        "participant_id": turn.participant_id,
        "name": person.name,
        "question_id": turn.question_id,
        "state": state,
        "on_stage_at": isoformat(turn.on_stage_at),
        "is_audible": state == TurnState.ON_STAGE and person.is_audible,
        "version": turn.version,
    }
    if is_full:
        view |= {
            "invited_at": isoformat(turn.invited_at),
            "expires_at": isoformat(turn.expires_at),
            "is_extended": turn.is_extended,
            "accepted_at": isoformat(turn.accepted_at),
            "invited_by_name": inviter.name if inviter else None,
            "failure": _failure(turn, person, state),
        }
    return view


def _failure(turn: StageTurn, person: Participant, state: TurnState) -> View | None:
    if turn.failure_code:
        return {"code": turn.failure_code, "message": turn.failure_message}
    if state == TurnState.FAILED:
        return {"code": "no_answer", "message": NO_ANSWER.format(name=person.name)}
    return None
