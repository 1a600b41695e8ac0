"""The door: a verified identity becomes a person in a room session, and a token becomes the person who acts."""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from plugin.accounts import service as accounts
from plugin.accounts.models import Account
from plugin.core.actor import Actor, Role
from plugin.core.clock import now
from plugin.core.database import session as db_session
from plugin.core.errors import ForbiddenError, UnauthenticatedError
from plugin.rooms import clocks, guests, people, presence, roles, sessions, tokens
from plugin.rooms.models import PanelSession, Participant, Room, RoomSession, UsedToken
from plugin.rooms.ports import Identity
from plugin.rooms.tokens import Tokens


def sign_in(install_id: str, identity: Identity, *, guest_access_token: str | None = None) -> Tokens:
    """Let a verified person into the room of their token, inside the caller's unit of work.

    The room is the token's, on the install that verified it; nothing the client sends can change either. A panel alone
    opens a session in the lobby. ``guest_access_token`` joins what the person did as a guest to their account.
    """
    _use_once(install_id, identity)
    room = sessions.place(install_id, identity.room)
    session = sessions.session_to_enter(room)
    account = accounts.recognise(install_id, identity.platform_user_id, _profile(identity))
    person = people.enter(session, account, identity.platform_user_id)
    _ensure_may_enter(person)
    _take_claims(person, identity)
    presence.seen(session, person)
    if guest_access_token:
        guests.merge(actor_of(guest_access_token), session, person)
    return open_panel(person)


def _use_once(install_id: str, identity: Identity) -> None:
    if identity.token_id is None:
        return
    used = UsedToken(install_id=install_id, token_id=identity.token_id, expires_at=identity.expires_at)
    try:
        with db_session().begin_nested():
            db_session().add(used)
    except IntegrityError as error:
        raise UnauthenticatedError(
            "This sign-in was used already. Open the panel again from the room.", code="token_used"
        ) from error


def _profile(identity: Identity) -> accounts.Profile:
    return accounts.Profile(
        name=identity.name,
        avatar_url=identity.avatar_url,
        locale=identity.locale,
        is_guest=identity.is_guest,
        is_platform_moderator=identity.is_platform_moderator,
    )


def _ensure_may_enter(person: Participant) -> None:
    if person.removed_at is not None:
        raise ForbiddenError("A host has put you out of this room.", code="removed")


def _take_claims(person: Participant, identity: Identity) -> None:
    """Believe the token about hosting now, and about speech only until the audio server itself has spoken."""
    stamp = clocks.stamp(now(), is_closing=False, event_id=f"sign-in:{person.id}")
    people.rename(person, accounts.shown_name(identity.name), stamp)
    can_speak = identity.can_speak if identity.role != Role.SPEAKER else True
    if can_speak is not None and "speak" not in person.clocks:
        person.can_speak = can_speak
        roles.follow_speech(person)
    role = identity.role or (Role.HOST if identity.is_room_admin else None)
    if role is not None and clocks.advance(person, "role", stamp):
        roles.claim(person, role, now())


def open_panel(person: Participant) -> Tokens:
    """Open one more panel of this person."""
    panel = PanelSession(participant_id=person.id, refresh_hash="", expires_at=now())
    db_session().add(panel)
    db_session().flush()
    return _hand_out(panel, person.account_id)


def _hand_out(panel: PanelSession, account_id: str) -> Tokens:
    refresh_token = tokens.refresh_token(panel.id)
    panel.refresh_hash = tokens.digest(refresh_token)
    panel.refreshed_at, panel.expires_at = now(), now() + timedelta(hours=tokens.REFRESH_HOURS)
    return Tokens(tokens.access_token(panel.id, account_id), refresh_token)


def refresh(refresh_token: str) -> Tokens | None:
    """Turn a refresh token over, inside the caller's unit of work.

    None when it may not be used: a token that was used before closes its panel for good, which the caller must commit
    (answer 401, raise nothing).
    """
    panel_id = tokens.panel_session_id_of_refresh(refresh_token)
    panel = db_session().get(PanelSession, panel_id, with_for_update=True)
    if panel is None or panel.revoked_at is not None or panel.expires_at <= now():
        return None
    if not hmac.compare_digest(panel.refresh_hash, tokens.digest(refresh_token)):
        panel.revoked_at = now()
        return None
    person = db_session().get_one(Participant, panel.participant_id)
    return None if person.removed_at is not None else _hand_out(panel, person.account_id)


def close_panel(access_token: str) -> None:
    """Sign this panel out."""
    _close(PanelSession.id == tokens.panel_session_id_of(access_token))


def close_panels_of_install(install_id: str) -> None:
    """Sign every panel of an install out, because it was disabled."""
    people_there = (
        select(Participant.id)
        .join(RoomSession, RoomSession.id == Participant.session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(Room.install_id == install_id)
    )
    _close(PanelSession.participant_id.in_(people_there))


def _close(which: ColumnElement[bool]) -> None:
    living = PanelSession.revoked_at.is_(None)
    db_session().execute(update(PanelSession).where(which, living).values(revoked_at=now()))


def actor_of(access_token: str) -> Actor:
    """Return who acts, read from the database now; `UnauthenticatedError` for anything but a living panel."""
    return actor_of_panel_session(tokens.panel_session_id_of(access_token))


def actor_of_panel_session(panel_session_id: str) -> Actor:
    """Return who sits at this panel, in one query: a demotion or removal counts from the next call on."""
    row = (
        db_session()
        .execute(
            select(
                Participant.account_id,
                Room.install_id,
                Room.id,
                RoomSession.id,
                Participant.id,
                Participant.role,
                Participant.name,
                Participant.is_guest,
                Account.is_platform_moderator,
                RoomSession.ended_at,
            )
            .select_from(PanelSession)
            .join(Participant, Participant.id == PanelSession.participant_id)
            .join(Account, Account.id == Participant.account_id)
            .join(RoomSession, RoomSession.id == Participant.session_id)
            .join(Room, Room.id == RoomSession.room_id)
            .where(
                PanelSession.id == panel_session_id,
                PanelSession.revoked_at.is_(None),
                PanelSession.expires_at > now(),
                Participant.removed_at.is_(None),
            )
        )
        .one_or_none()
    )
    if row is None:
        raise UnauthenticatedError()
    account_id, install_id, room_id, session_id, participant_id, role, name, is_guest, is_moderator, ended_at = row
    if is_guest and guests.is_over(ended_at):
        raise UnauthenticatedError("Your guest sign-in has ended with its session.", code="guest_link_over")
    return Actor(
        account_id=account_id,
        install_id=install_id,
        room_id=room_id,
        session_id=session_id,
        participant_id=participant_id,
        role=Role(role),
        name=name,
        is_guest=is_guest,
        is_platform_moderator=is_moderator,
    )
