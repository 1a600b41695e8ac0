"""Who may do what in a room (table 2.2): each check raises, with a sentence that says what would help."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.core.actor import HOSTING, Actor, Role
from plugin.core.errors import ConflictError, ForbiddenError, NotFoundError
from plugin.rooms.models import Participant, RoomSession, StageTurn
from plugin.rooms.ports import current_ports
from plugin.rooms.states import OPEN_SESSION_STATES, HandsPolicy, SessionState

#: What a person can be made here; *speaker* follows from the right to speak, which a turn on stage gives.
SETTABLE_ROLES = frozenset({Role.HOST, Role.COHOST, Role.PRODUCER, Role.LISTENER})


def ensure_is_open(session: RoomSession) -> None:
    """People raise hands and go on stage only before and during a session."""
    if session.state not in OPEN_SESSION_STATES:
        raise ConflictError("This session is over.", code="session_over", state=session.state)


def ensure_hosting(actor: Actor) -> None:
    """Hosts and co-hosts."""
    if not actor.is_hosting:
        raise ForbiddenError("Only hosts and co-hosts may do this.", code="hosts_only")


def ensure_backstage(actor: Actor) -> None:
    """Hosts, co-hosts and producers."""
    if not actor.is_backstage:
        raise ForbiddenError("Only hosts, co-hosts and producers may do this.", code="backstage_only")


def ensure_can_move_session(actor: Actor, target: SessionState) -> None:
    """Hosts start a session; ending it for all and what follows is the host's (or the platform moderator's, to end)."""
    if target == SessionState.LIVE:
        return ensure_hosting(actor)
    if target == SessionState.ENDED and actor.is_platform_moderator:
        return None
    if actor.role != Role.HOST:
        raise ForbiddenError("Only the host may do this.", code="host_only")
    return None


def ensure_can_set_role(actor: Actor, person: Participant, role: Role) -> None:
    """The host appoints; co-hosts may name producers. Nobody is raised by anything but this and verified claims."""
    ensure_hosting(actor)
    touches_hosting = role in HOSTING or person.role in HOSTING
    if touches_hosting and actor.role != Role.HOST:
        raise ForbiddenError("Only the host appoints and removes co-hosts.", code="host_only")
    if role not in SETTABLE_ROLES:
        raise ConflictError("Bring people on stage to let them speak.", code="role_not_settable")
    if person.id == actor.participant_id:
        raise ConflictError("Make somebody else host first.", code="host_stays")
    if person.is_guest and role != Role.LISTENER:
        raise ConflictError("A guest has to sign in first to get this role.", code="guest_cannot_lead")


def ensure_can_manage(actor: Actor, person: Participant) -> None:
    """Mute and return to the audience: hosts and co-hosts, never on one another unless the host does it."""
    ensure_hosting(actor)
    _ensure_not_leading(actor, person)


def ensure_can_remove(actor: Actor, person: Participant) -> None:
    """Put somebody out of the room: hosts, co-hosts and the platform's moderators."""
    if not (actor.is_hosting or actor.is_platform_moderator):
        raise ForbiddenError("Only hosts and co-hosts may do this.", code="hosts_only")
    _ensure_not_leading(actor, person)


def _ensure_not_leading(actor: Actor, person: Participant) -> None:
    if person.role == Role.HOST or (person.role in HOSTING and actor.role != Role.HOST):
        raise ForbiddenError("You may not do this to a host.", code="not_to_a_host")


def ensure_can_raise_hand(actor: Actor, session: RoomSession, heard: Sequence[Participant]) -> None:
    """As the hosts have set it (row A11); those backstage always may. ``heard`` are hosts and speakers."""
    ensure_is_open(session)
    wanted = HandsPolicy(session.hands_policy)
    if actor.is_backstage or wanted == HandsPolicy.EVERYONE:
        return
    if wanted == HandsPolicy.OFF:
        raise ForbiddenError("Hands are switched off in this room.", code="hands_off")
    if wanted == HandsPolicy.INVITED:
        raise ForbiddenError("The hosts invite people to speak in this room.", code="hands_by_invitation")
    if not current_ports().follows.followers_among(actor.account_id, [one.account_id for one in heard]):
        raise ForbiddenError(
            "Only people whom a host or speaker follows may raise a hand here.", code="hands_for_followed"
        )


def ensure_own_turn(actor: Actor, turn: StageTurn) -> None:
    """An invitation is answered by the invited person; to others it does not exist."""
    if turn.participant_id != actor.participant_id:
        raise NotFoundError()


def ensure_can_end_turn(actor: Actor, turn: StageTurn) -> None:
    """A person leaves the stage, or a host returns them to the audience."""
    if turn.participant_id != actor.participant_id:
        ensure_hosting(actor)
