"""The demo platform itself: people join, leave and open their microphone, and rooms hear of it as platform events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import ForbiddenError, NotFoundError
from plugin.core.ids import new_id
from plugin.platforms.fake.models import Behaviour, FakePerson, FakeRoom
from plugin.platforms.models import Install
from plugin.rooms import events as room_events
from plugin.rooms.ports import PlatformEvent, PlatformEventKind, PlatformParticipant

#: Browsers let a hidden tab speak up once a minute only; a page that is silent for longer than this was closed.
GONE_AFTER = timedelta(seconds=150)
_SEEN_EVERY = timedelta(seconds=10)
_SPEAKING_ROLES = frozenset({Role.HOST, Role.COHOST, Role.SPEAKER})


def open_room(install_id: str, room: str, title: str) -> FakeRoom:
    """Make the room if it is not there, and say that it has started."""
    found = session().get(FakeRoom, (install_id, room))
    if found is not None:
        return found
    if session().get(Install, install_id) is None:
        raise NotFoundError("The demo platform is not there.")
    found = FakeRoom(install_id=install_id, name=room, title=title)
    session().add(found)
    session().flush()
    _tell(install_id, PlatformEventKind.ROOM_STARTED, room, title=title)
    return found


def join(install_id: str, room: str, user_id: str, name: str, role: Role, *, has_page: bool = False) -> FakePerson:
    """Let a person in, with a closed microphone; who is there already just stays."""
    person = session().get(FakePerson, (install_id, room, user_id), with_for_update=True, populate_existing=True)
    if person is None:
        person = FakePerson(install_id=install_id, room=room, user_id=user_id, name=name, joined_at=now())
        session().add(person)
    elif person.is_present:
        person.last_seen_at = now() if has_page else person.last_seen_at
        return person
    person.role, person.can_speak, person.is_audible = role.value, role in _SPEAKING_ROLES, False
    person.is_present, person.is_removed, person.notice = True, False, ""
    person.joined_at, person.last_seen_at = now(), now() if has_page else None
    session().flush()
    _tell_of(person, PlatformEventKind.PARTICIPANT_JOINED)
    return person


def leave(install_id: str, room: str, user_id: str, *, is_removed: bool = False) -> None:
    """Let a person go; their microphone goes with them."""
    person = _person(install_id, room, user_id)
    if not person.is_present:
        return
    person.is_present, person.is_audible, person.is_removed = False, False, is_removed
    _tell_of(person, PlatformEventKind.PARTICIPANT_LEFT)


def open_microphone(install_id: str, room: str, user_id: str) -> FakePerson:
    """Publish the person's microphone; only who may speak can."""
    person = _present_person(install_id, room, user_id)
    if not person.can_speak:
        raise ForbiddenError("You are listening. A host can bring you on stage.", code="cannot_speak")
    if not person.is_audible:
        person.is_audible = True
        _tell_of(person, PlatformEventKind.MIC_ON)
    return person


def close_microphone(install_id: str, room: str, user_id: str) -> FakePerson:
    """Stop publishing the person's microphone."""
    person = _present_person(install_id, room, user_id)
    if person.is_audible:
        person.is_audible = False
        _tell_of(person, PlatformEventKind.MIC_OFF)
    return person


def let_speak(install_id: str, room: str, user_id: str, can_speak: bool) -> FakePerson:
    """Give or take the right to speak; who loses it is silent at once."""
    person = _present_person(install_id, room, user_id)
    person.can_speak = can_speak
    return person if can_speak else close_microphone(install_id, room, user_id)


def show_notice(install_id: str, room: str, text: str, user_id: str | None) -> None:
    """Show a line on everyone's page, or on one person's."""
    if user_id is None:
        _room(install_id, room).notice = text[:300]
    else:
        _present_person(install_id, room, user_id).notice = text[:300]


def behave(install_id: str, room: str, behaviour: Behaviour) -> None:
    """Choose how actions in this room are answered from now on."""
    _room(install_id, room).behaviour = behaviour.value


def behaviour(install_id: str, room: str) -> Behaviour:
    """Return how actions in this room are answered; a room that is not there has no will of its own."""
    found = session().get(FakeRoom, (install_id, room), populate_existing=True)
    return Behaviour(found.behaviour) if found else Behaviour.NORMAL


def people(install_id: str, room: str) -> Sequence[FakePerson]:
    """Return who is in the room, in the order of joining."""
    rows = (
        select(FakePerson)
        .where(FakePerson.install_id == install_id, FakePerson.room == room, FakePerson.is_present)
        .order_by(FakePerson.joined_at)
        .execution_options(populate_existing=True)
    )
    oldest = now() - GONE_AFTER
    return [person for person in session().scalars(rows) if person.last_seen_at is None or person.last_seen_at > oldest]


def needs_sign_of_life(person: FakePerson) -> bool:
    """Whether the page's last sign of life is old enough to be written anew."""
    return person.last_seen_at is None or now() - person.last_seen_at > _SEEN_EVERY


def _room(install_id: str, room: str) -> FakeRoom:
    found = session().get(FakeRoom, (install_id, room), populate_existing=True)
    if found is None:
        raise NotFoundError("The demo platform has no such room.")
    return found


def _person(install_id: str, room: str, user_id: str) -> FakePerson:
    found = session().get(FakePerson, (install_id, room, user_id), populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFoundError("The demo platform does not know this person.")
    return found


def _present_person(install_id: str, room: str, user_id: str) -> FakePerson:
    found = _person(install_id, room, user_id)
    if not found.is_present:
        raise NotFoundError("This person has left the demo room.")
    return found


def as_participant(person: FakePerson) -> PlatformParticipant:
    """Return the person in rooms' words."""
    return PlatformParticipant(person.user_id, person.name, Role(person.role), person.can_speak, person.is_audible)


def _tell_of(person: FakePerson, kind: PlatformEventKind) -> None:
    _tell(person.install_id, kind, person.room, participant=as_participant(person))


def _tell(
    install_id: str,
    kind: PlatformEventKind,
    room: str,
    *,
    participant: PlatformParticipant | None = None,
    title: str | None = None,
) -> None:
    event = PlatformEvent(
        kind=kind,
        event_id=new_id("fev"),
        room=room,
        occurred_at=now(),
        participant=participant,
        room_title=title,
    )
    room_events.receive(install_id, [event])
