"""Guests: a link opens one session to people without an account, and a later sign-in takes over what they did (A16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.accounts import queries as accounts
from plugin.accounts import service as accounts_service
from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.errors import ConflictError, NotFoundError, UnauthenticatedError
from plugin.outbox.recorder import record
from plugin.rooms import hands, people, policy, presence, queries, tokens, turns
from plugin.rooms.domain_events import GuestMerged, HandRaised
from plugin.rooms.models import Participant, RoomSession
from plugin.rooms.states import HandLowering, SessionState

#: A guest's link and sign-in die this long after the session's end.
GUEST_HOURS_AFTER_END = 24


def invite_guests(actor: Actor) -> str:
    """Return the token of a link that lets guests into this session."""
    policy.ensure_hosting(actor)
    policy.ensure_is_open(queries.session(actor.session_id))
    return tokens.guest_token(actor.session_id)


def enter(guest_token: str, name: str) -> Participant:
    """Let a guest in under a name that no host's name can be taken for."""
    try:
        session = queries.session_for_update(tokens.session_id_of(guest_token))
    except NotFoundError as error:
        raise UnauthenticatedError() from error
    ensure_lives(session)
    install_id = queries.room(session.room_id).install_id
    hosts = [host.name for host in queries.hosts(session.id)]
    account = accounts_service.admit_guest(install_id, name, hosts)
    person = people.enter(session, account, None)
    presence.seen(session, person)
    return person


def ensure_lives(session: RoomSession) -> None:
    """Refuse a guest once the session has been over for a day."""
    if session.state == SessionState.CANCELLED or is_over(session.ended_at):
        raise UnauthenticatedError("This guest link has ended with its session.", code="guest_link_over")


def is_over(ended_at: datetime | None) -> bool:
    """Whether what guests hold has run out."""
    return ended_at is not None and now() - ended_at > timedelta(hours=GUEST_HOURS_AFTER_END)


def merge(guest: Actor, session: RoomSession, person: Participant) -> None:
    """Give what a guest did in this session to the person who has now signed in."""
    if not guest.is_guest or guest.session_id != session.id or guest.participant_id == person.id:
        raise ConflictError("This guest sign-in cannot be joined to your account.", code="cannot_merge")
    accounts_service.merge_guest(accounts.account(guest.account_id), accounts.account(person.account_id))
    former = queries.participant_by_id(session.id, guest.participant_id)
    turns.leave(former, "stepped_down")
    _pass_on_hand(former, person)
    person.turns_count += former.turns_count
    presence.leave(session, former, now())
    former.removed_at = now()
    people.close_panels(former.id)
    record(GuestMerged(session_id=session.id, from_account_id=guest.account_id, to_account_id=person.account_id))


def _pass_on_hand(former: Participant, person: Participant) -> None:
    hand = queries.raised_hand(former.id)
    if hand is None:
        return
    if queries.raised_hand(person.id) is not None:
        return hands.lower(hand, HandLowering.SELF)
    hand.participant_id = person.id
    record(HandRaised(session_id=hand.session_id, participant_id=person.id, hand_id=hand.id))
