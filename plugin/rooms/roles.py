"""Which role counts: what a verified platform token or event claims, who came first, and what was set here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from plugin.core.actor import BACKSTAGE, Role
from plugin.core.database import session as db_session
from plugin.outbox.recorder import record
from plugin.rooms.domain_events import ParticipantChanged, RoleChanged
from plugin.rooms.models import Participant


def claim(person: Participant, role: Role, at: datetime) -> None:
    """Take down what a verified source says the person is; the first to claim *host* is the host (row A5).

    A role set here stays until the session ends. A claim is never taken from anything a person can write themselves.
    """
    was_claiming_host = person.role_claim == Role.HOST
    person.role_claim = role
    if role == Role.HOST:
        note_host_claim(person, at)
    elif was_claiming_host:
        _settle_hosts(person.session_id)
    if role != Role.HOST:
        _settle(person)


def note_host_claim(person: Participant, at: datetime) -> None:
    """Keep the earliest moment at which the person was said to be host, and give the role to whoever was first."""
    person.host_claimed_at = min(person.host_claimed_at or at, at)
    if person.role_claim == Role.HOST:
        _settle_hosts(person.session_id)


def _settle(person: Participant) -> None:
    if person.role_is_set_here:
        return
    if person.role_claim in {Role.COHOST, Role.PRODUCER}:
        assign(person, Role(person.role_claim))
    elif person.role_claim != Role.HOST:
        assign(person, audience_role(person))


def _settle_hosts(session_id: str) -> None:
    """Give the role to the earliest claim, so that the order in which claims arrive does not matter."""
    database = db_session()
    database.flush()
    claimants = database.scalars(
        select(Participant).where(
            Participant.session_id == session_id,
            Participant.role_claim == Role.HOST,
            Participant.role_is_set_here.is_(False),
            Participant.removed_at.is_(None),
        )
    ).all()
    ordered = sorted(claimants, key=lambda person: (person.host_claimed_at, person.platform_user_id or person.id))
    is_taken = _is_host_set_here(session_id)
    for person in ordered:
        assign(person, Role.COHOST if is_taken else Role.HOST)
        is_taken = True


def _is_host_set_here(session_id: str) -> bool:
    return (
        db_session().scalar(
            select(Participant.id).where(
                Participant.session_id == session_id,
                Participant.role == Role.HOST,
                Participant.role_is_set_here,
                Participant.removed_at.is_(None),
            )
        )
        is not None
    )


def audience_role(person: Participant) -> Role:
    """Return what someone without a backstage role is: a speaker when the audio server lets them be heard."""
    return Role.SPEAKER if person.can_speak else Role.LISTENER


def follow_speech(person: Participant) -> None:
    """Keep speaker and listener in step with the right to speak."""
    if person.role not in BACKSTAGE:
        person.role = audience_role(person)


def assign(person: Participant, role: Role) -> None:
    """Give the person a role and tell everyone; a change that touches backstage makes their panel start again."""
    if person.role == role:
        return
    before, person.role = person.role, role
    if before in BACKSTAGE or role in BACKSTAGE:
        record(
            RoleChanged(
                session_id=person.session_id,
                participant_id=person.id,
                account_id=person.account_id,
                from_role=before,
                to_role=role,
            )
        )
    else:
        record(ParticipantChanged(session_id=person.session_id, participant_id=person.id))
