"""People for the tests of Q&A: rows for a live room and for another one, and what each of them does, in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from flask import Flask

from plugin.accounts.models import Account
from plugin.core import tasks
from plugin.core.actor import Actor, Role
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.ids import new_id
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, service
from plugin.qa.models import Question, QuestionState, Voice
from plugin.qa.ownership import Ownership
from plugin.rooms.models import Participant, Room, RoomSession
from plugin.rooms.ports import PORTS, Ports
from plugin.rooms.states import SessionState
from tests.rooms.audio_server import AudioServer, AudioServers

R = TypeVar("R")


@dataclass(frozen=True)
class Cast:
    """Everyone the tests need; Nadia listens in another room of the same install, Mona moderates the platform."""

    hana: Actor
    cole: Actor
    petra: Actor
    sam: Actor
    lina: Actor
    omar: Actor
    gus: Actor
    mona: Actor
    nadia: Actor

    @property
    def session_id(self) -> str:
        """The room session where everyone but Nadia is."""
        return self.hana.session_id


def attend(app: Flask) -> None:
    """Give the rooms an audio server in memory; nobody waits for the worker here."""
    PORTS.put(app, Ports(platforms=AudioServers(AudioServer()), questions=Ownership()))
    tasks.SENDER.put(app, lambda name: None)


def gather() -> Cast:
    """Open two rooms and let everybody in."""
    install_id = new_id("ins")
    with unit_of_work():
        here, elsewhere = open_room(install_id, "ama"), open_room(install_id, "elsewhere")
        return Cast(
            hana=enter(here, "Hana", Role.HOST),
            cole=enter(here, "Cole", Role.COHOST),
            petra=enter(here, "Petra", Role.PRODUCER),
            sam=enter(here, "Sam", Role.SPEAKER),
            lina=enter(here, "Lina"),
            omar=enter(here, "Omar"),
            gus=enter(here, "Gus", is_guest=True),
            mona=enter(here, "Mona", is_platform_moderator=True),
            nadia=enter(elsewhere, "Nadia"),
        )


def open_room(install_id: str, name: str) -> tuple[Room, RoomSession]:
    """Open a room with a live session."""
    room = Room(install_id=install_id, external_id=name, title=name.title())
    session().add(room)
    session().flush()
    live = RoomSession(room_id=room.id, number=1, state=SessionState.LIVE, started_at=now())
    session().add(live)
    session().flush()
    return room, live


def enter(
    place: tuple[Room, RoomSession],
    name: str,
    role: Role = Role.LISTENER,
    *,
    is_guest: bool = False,
    is_platform_moderator: bool = False,
) -> Actor:
    """Let a person into a room."""
    room, live = place
    account = Account(
        install_id=room.install_id, name=name, is_guest=is_guest, is_platform_moderator=is_platform_moderator
    )
    session().add(account)
    session().flush()
    person = Participant(
        session_id=live.id,
        account_id=account.id,
        name=name,
        role=role,
        is_present=True,
        joined_at=now(),
        is_guest=is_guest,
        platform_user_id=None if is_guest else name.lower(),
    )
    session().add(person)
    session().flush()
    return Actor(
        account_id=account.id,
        install_id=room.install_id,
        room_id=room.id,
        session_id=live.id,
        participant_id=person.id,
        role=role,
        name=name,
        is_guest=is_guest,
        is_platform_moderator=is_platform_moderator,
    )


def done(verb: Callable[..., R], *args: object, **kwargs: object) -> R:
    """Do something in a transaction of its own."""
    with unit_of_work():
        return verb(*args, **kwargs)


def ask(actor: Actor, text: str = "Will it run on our own servers?", **kwargs: object) -> Question:
    """Ask, as often as a test likes: earlier questions are moved into the past first."""
    with unit_of_work():
        for earlier in session().query(Question).filter_by(session_id=actor.session_id):
            earlier.asked_at -= timedelta(minutes=1)
        session().flush()
        values: dict[str, object] = {"voice": Voice.READ, "client_id": uuid4().hex} | kwargs
        return service.ask(actor, text=text, **values)  # type: ignore[arg-type]


#: From an open question to any state that this version reaches, by whom: the host's moves, or the asker's way out.
PATHS: dict[QuestionState, tuple[QuestionState, ...]] = {
    QuestionState.OPEN: (),
    QuestionState.QUEUED: (QuestionState.QUEUED,),
    QuestionState.ON_STAGE: (QuestionState.ON_STAGE,),
    QuestionState.ANSWERED_LIVE: (QuestionState.ON_STAGE, QuestionState.ANSWERED_LIVE),
    QuestionState.LATER: (QuestionState.LATER,),
    QuestionState.DECLINED: (QuestionState.DECLINED,),
    QuestionState.HIDDEN: (QuestionState.HIDDEN,),
}


def question_in(state: QuestionState, host: Actor, asker: Actor) -> Question:
    """Return a question that stands there; states without a verb in this version are written into the row."""
    question = ask(asker)
    if state in PATHS:
        for step in PATHS[state]:
            done(desk.move, host, question.id, to=step)
    elif state is QuestionState.WITHDRAWN:
        done(service.withdraw, asker, question.id)
    else:
        with unit_of_work():
            session().get_one(Question, question.id).state = state
    return fresh(question)


def fresh(question: Question) -> Question:
    """Return the question as the database has it now."""
    session().rollback()
    return session().get_one(Question, question.id, populate_existing=True)
