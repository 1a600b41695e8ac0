"""People in a session: they enter, get a role, are muted, returned to the audience or put out."""

from __future__ import annotations

from sqlalchemy import update

from plugin.accounts.models import Account
from plugin.core.actor import BACKSTAGE, Actor, Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import ConflictError
from plugin.outbox.recorder import record
from plugin.rooms import clocks, hands, policy, presence, queries, roles, stage, turns
from plugin.rooms.domain_events import MuteAsked, ParticipantChanged, ParticipantRemoved, SpeechWithdrawn
from plugin.rooms.models import PanelSession, Participant, RoomSession
from plugin.rooms.places import place_of
from plugin.rooms.ports import Capability
from plugin.rooms.states import HandLowering, TurnState

MUTE_BY_HAND = "This audio server lets only its own page do it: open the list of people there and mute {name}."


def enter(session: RoomSession, account: Account, platform_user_id: str | None) -> Participant:
    """Return the account's place in this session, made on first sight; being here is another matter."""
    person = queries.participant(session.id, account.id)
    if person is None:
        person = Participant(session_id=session.id, account_id=account.id, name=account.name, clocks={})
        db_session().add(person)
    person.is_guest = account.is_guest
    person.platform_user_id = person.platform_user_id or platform_user_id
    db_session().flush()
    return person


def rename(person: Participant, name: str, stamp: str) -> bool:
    """Take the newest name the audio server gives; whether it changed."""
    if not name or not clocks.advance(person, "name", stamp) or person.name == name:
        return False
    person.name = name
    return True


def set_role(actor: Actor, participant_id: str, role: str) -> Participant:
    """Give somebody a role that stays until the session ends; naming a new host hands the room over."""
    queries.session_for_update(actor.session_id)
    person = queries.participant_by_id(actor.session_id, participant_id)
    target = Role(role)
    policy.ensure_can_set_role(actor, person, target)
    if target == Role.HOST:
        _hand_over(actor)
    before, person.role_is_set_here = person.role, True
    roles.assign(person, target if target != Role.LISTENER else roles.audience_role(person))
    if person.role == before:
        _changed(person)  # it says "set here" now
    return person


def _hand_over(actor: Actor) -> None:
    former = queries.participant_by_id(actor.session_id, actor.participant_id)
    former.role_is_set_here = True
    roles.assign(former, Role.COHOST)


def to_audience(actor: Actor, participant_id: str) -> Participant:
    """Return somebody to the audience: the turn on stage ends, or the right to speak without one goes."""
    queries.session_for_update(actor.session_id)
    person = queries.participant_by_id(actor.session_id, participant_id)
    policy.ensure_can_manage(actor, person)
    turn = queries.active_turn(person.id)
    if turn is not None and turn.state != TurnState.INVITED:
        stage.end(actor, turn.id)
    elif person.can_speak:
        _ensure_platform_can(person, Capability.DEMOTE)
        record(SpeechWithdrawn(session_id=person.session_id, participant_id=person.id))
    return person


def mute(actor: Actor, participant_id: str) -> Participant:
    """Close somebody's microphone; nobody is ever unmuted from afar."""
    person = queries.participant_by_id(actor.session_id, participant_id)
    policy.ensure_can_manage(actor, person)
    _ensure_platform_can(person, Capability.MUTE)
    record(MuteAsked(session_id=person.session_id, participant_id=person.id))
    return person


def _ensure_platform_can(person: Participant, capability: Capability) -> None:
    if capability not in place_of(person).platform.capabilities():
        raise ConflictError(MUTE_BY_HAND.format(name=person.name), code="platform_cannot", capability=capability)


def remove(actor: Actor, participant_id: str) -> None:
    """Put somebody out for the rest of this session: their panels close at once, the audio server follows."""
    session = queries.session_for_update(actor.session_id)
    person = queries.participant_by_id(actor.session_id, participant_id)
    policy.ensure_can_remove(actor, person)
    if person.removed_at is not None:
        return
    hands.lower_of(person, HandLowering.HOST)
    turns.leave(person, "returned")
    presence.leave(session, person, now())
    person.removed_at, was_backstage = now(), person.role in BACKSTAGE
    person.role, person.role_is_set_here = roles.audience_role(person), True
    close_panels(person.id)
    record(
        ParticipantRemoved(
            session_id=session.id,
            participant_id=person.id,
            account_id=person.account_id,
            was_backstage=was_backstage,
        )
    )


def close_panels(participant_id: str) -> None:
    """Close every panel of the person; their tokens fail from the next request on."""
    db_session().execute(
        update(PanelSession)
        .where(PanelSession.participant_id == participant_id, PanelSession.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def listen_quietly(actor: Actor, is_quiet: bool) -> Participant:
    """Be counted without being listed, or be listed again."""
    session = queries.session_for_update(actor.session_id)
    person = queries.participant_by_id(actor.session_id, actor.participant_id)
    if presence.listen_quietly(session, person, is_quiet):
        _changed(person)
    return person


def beat(actor: Actor) -> None:
    """The panel is open; a person who was thought gone is back."""
    session = queries.session_for_update(actor.session_id)
    presence.seen(session, queries.participant_by_id(session.id, actor.participant_id))


def is_beat_due(person: Participant) -> bool:
    """Whether a heartbeat is worth writing down."""
    is_fresh = person.last_seen_at and now() - person.last_seen_at < presence.HEARTBEAT_WRITE
    return not is_fresh or (not person.is_present and presence.is_kept_by_panel(person))


def _changed(person: Participant) -> None:
    record(ParticipantChanged(session_id=person.session_id, participant_id=person.id))
