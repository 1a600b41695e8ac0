"""One person, as the audio server tells of them: here or gone, able to speak, heard, hand up, name and role."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.accounts import service as accounts
from plugin.core.actor import Role
from plugin.outbox.recorder import record
from plugin.rooms import clocks, hands, people, presence, queries, roles, turns
from plugin.rooms.domain_events import ParticipantChanged
from plugin.rooms.models import Participant, RoomSession
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant
from plugin.rooms.states import HandLowering

Kind = PlatformEventKind

#: Who does this is here, whether or not we were told that they came.
SHOWS_PRESENCE = frozenset({Kind.PARTICIPANT_JOINED, Kind.MIC_ON, Kind.HAND_RAISED})
_AUDIBLE = {Kind.MIC_ON: True, Kind.MIC_OFF: False, Kind.PARTICIPANT_LEFT: False}
_SPEECH_OF_ROLE = {Role.SPEAKER: True, Role.LISTENER: False}


@dataclass(frozen=True)
class Told:
    """One thing we were told, with the stamp that decides whether it still counts."""

    session: RoomSession
    person: Participant
    event: PlatformEvent
    stamp: str


def follow(session: RoomSession, event: PlatformEvent, told_of: PlatformParticipant, stamp: str) -> None:
    """Bring one person in line with one event."""
    person = _person(session, told_of)
    if person.removed_at is not None:
        return
    told = Told(session, person, event, stamp)
    person.last_platform_at = max(person.last_platform_at or event.occurred_at, event.occurred_at)
    before = _shown(person)
    _presence(told)
    people.rename(person, accounts.shown_name(told_of.name), stamp)
    _speech(told, told_of)
    _microphone(told, told_of)
    _role(told, told_of)
    _hand(told)
    if _shown(person) != before:
        record(ParticipantChanged(session_id=session.id, participant_id=person.id))
    turns.follow_platform(person, has_come_back=event.kind == Kind.PARTICIPANT_JOINED)


def _person(session: RoomSession, told_of: PlatformParticipant) -> Participant:
    person = queries.participant_by_platform(session.id, told_of.platform_user_id)
    if person is not None:
        return person
    install_id = queries.room(session.room_id).install_id
    profile = accounts.Profile(name=told_of.name)
    account = accounts.recognise(install_id, told_of.platform_user_id, profile)
    return people.enter(session, account, told_of.platform_user_id)


def _shown(person: Participant) -> tuple[object, ...]:
    return person.name, person.can_speak, person.is_audible


def _in_force(told: Told, value: bool) -> tuple[str, bool]:
    """Return stamp and value as they count: what was true before the room closed ended with it."""
    ended = told.session.clocks.get("ended", "")
    return (ended, False) if told.stamp < ended else (told.stamp, value)


def _presence(told: Told) -> None:
    person, event = told.person, told.event
    if event.kind == Kind.PARTICIPANT_JOINED:
        person.joined_at = max(person.joined_at or event.occurred_at, event.occurred_at)
    if event.kind not in SHOWS_PRESENCE and event.kind != Kind.PARTICIPANT_LEFT:
        return
    stamp, is_present = _in_force(told, event.kind in SHOWS_PRESENCE)
    if stamp <= person.presence_stamp:
        return
    person.presence_stamp = stamp
    person.clocks = {**person.clocks, "presence_source": "panel" if event.source == "panel" else "platform"}
    if is_present:
        presence.arrive(told.session, person)
    else:
        presence.leave(told.session, person, clocks.instant_of(stamp))


def _speech(told: Told, told_of: PlatformParticipant) -> None:
    can_speak = told_of.can_speak
    if can_speak is None and told_of.role is not None:
        can_speak = _SPEECH_OF_ROLE.get(told_of.role)
    if can_speak is None or told.event.kind == Kind.PARTICIPANT_LEFT:
        return
    if clocks.advance(told.person, "speak", told.stamp):
        told.person.can_speak = can_speak
        roles.follow_speech(told.person)


def _microphone(told: Told, told_of: PlatformParticipant) -> None:
    is_audible = _AUDIBLE.get(told.event.kind, told_of.is_audible)
    if is_audible is None:
        return
    stamp, is_audible = _in_force(told, is_audible)
    person = told.person
    if not clocks.advance(person, "microphone", stamp) or person.is_audible == is_audible:
        return
    person.is_audible = is_audible
    person.audible_since_at = clocks.instant_of(stamp) if is_audible else None
    if is_audible:
        hands.watch_speech(person)


def _role(told: Told, told_of: PlatformParticipant) -> None:
    if told_of.role is None:
        return
    if told_of.role == Role.HOST:
        roles.note_host_claim(told.person, told.event.occurred_at)  # even when it comes late: the earliest counts
    if clocks.advance(told.person, "role", told.stamp):
        roles.claim(told.person, told_of.role, told.event.occurred_at)


def _hand(told: Told) -> None:
    if told.event.kind not in {Kind.HAND_RAISED, Kind.HAND_LOWERED}:
        return
    stamp, is_up = _in_force(told, told.event.kind == Kind.HAND_RAISED)
    if not clocks.advance(told.person, "hand", stamp):
        return
    if is_up:
        hands.raise_by_platform(told.session, told.person, told.event.occurred_at)
    else:
        hands.lower_of(told.person, HandLowering.PLATFORM)
