"""Who asked a question: the only place that reads, writes or compares the key that stands for an author or voter.

Today the key is the account's id. For questions that hide their author from everyone it will be
``HMAC(session key, account id)``: then `key_for` changes here, and nothing else in the house has to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from plugin.core.actor import BACKSTAGE, Actor, Role
from plugin.core.database import session
from plugin.qa.models import Question, Upvote
from plugin.realtime import channels
from plugin.rooms.models import Participant


@dataclass(frozen=True)
class Author:
    """Where an author is in the room now, for the hosts."""

    participant_id: str | None
    is_present: bool
    is_backstage: bool


#: An author whom this room does not know any more.
NOBODY = Author(participant_id=None, is_present=False, is_backstage=False)


def key_for(session_id: str, account_id: str) -> str:
    """Return the key under which a session keeps what an account asked and voted for."""
    return account_id


def key_of(actor: Actor) -> str:
    """Return the key of whoever is asking now."""
    return key_for(actor.session_id, actor.account_id)


def client_key(actor: Actor, client_id: str) -> str:
    """Return the digest by which a repeated question is known; it tells neither the author nor the client's id."""
    return hashlib.sha256(f"{actor.session_id}\n{key_of(actor)}\n{client_id}".encode()).hexdigest()


def signature(actor: Actor, client_id: str) -> dict[str, str]:
    """Return the columns of a new question that stand for its author."""
    return {
        "author_key": key_of(actor),
        "author_name": actor.name,
        "client_key": client_key(actor, client_id),
    }


def ballot(actor: Actor) -> dict[str, str]:
    """Return the column of a new vote that stands for its voter."""
    return {"voter_key": key_of(actor)}


def is_author(actor: Actor, question: Question) -> bool:
    """Whether this person asked this question."""
    return question.session_id == actor.session_id and question.author_key == key_of(actor)


def asked_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the actor's own questions in this session."""
    return and_(Question.session_id == actor.session_id, Question.author_key == key_of(actor))


def asked_anywhere_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the actor's questions in every session whose keys can be known from this one."""
    return Question.author_key == key_of(actor)


def voted_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the actor's own votes in this session."""
    return Upvote.voter_key == key_of(actor)


def voted_by_accounts(session_id: str, account_ids: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition for the votes of several accounts in this session."""
    return Upvote.voter_key.in_([key_for(session_id, account_id) for account_id in account_ids])


def authors_of(questions: Sequence[Question]) -> Mapping[str, Author]:
    """Return the author of each question by the question's id, in one query."""
    if not questions:
        return {}
    rows = session().execute(
        select(
            Participant.session_id,
            Participant.account_id,
            Participant.id,
            Participant.is_present,
            Participant.role,
        ).where(
            Participant.session_id.in_({question.session_id for question in questions}),
            Participant.account_id.in_({question.author_key for question in questions}),
        )
    )
    known = {
        (row.session_id, key_for(row.session_id, row.account_id)): Author(
            row.id, row.is_present, Role(row.role) in BACKSTAGE
        )
        for row in rows
    }
    return {question.id: known.get((question.session_id, question.author_key), NOBODY) for question in questions}


def author_of(question: Question) -> Author:
    """Return the author of one question."""
    return authors_of([question])[question.id]


def asker(question: Question, host: Actor) -> Actor | None:
    """Return the author as somebody who can act in the host's room, if they are in it now."""
    found = author_of(question)
    person = session().get(Participant, found.participant_id) if found.is_present else None
    if person is None:
        return None
    return Actor(
        account_id=person.account_id,
        install_id=host.install_id,
        room_id=host.room_id,
        session_id=person.session_id,
        participant_id=person.id,
        role=Role(person.role),
        name=person.name,
        is_guest=person.is_guest,
    )


def questions_of(participant: Participant) -> Sequence[Question]:
    """Return what this participant asked in this session, oldest first."""
    key = key_for(participant.session_id, participant.account_id)
    theirs = select(Question).where(Question.session_id == participant.session_id, Question.author_key == key)
    return session().scalars(theirs.order_by(Question.number)).all()


def channel_of(question: Question) -> str:
    """Return the channel on which the author hears of this question."""
    return channels.asker(question.session_id, question.author_key)


def channel_for(actor: Actor) -> str:
    """Return the channel on which this person hears of their own questions."""
    return channels.asker(actor.session_id, key_of(actor))


def channel_for_account(session_id: str, account_id: str) -> str:
    """Return the channel on which this account hears of its questions in this session."""
    return channels.asker(session_id, key_for(session_id, account_id))


def reassign_questions(session_id: str, from_account_id: str, to_account_id: str, name: str) -> Sequence[Question]:
    """Give one account's questions to another, under its name; return them."""
    old, new = key_for(session_id, from_account_id), key_for(session_id, to_account_id)
    theirs = select(Question).where(Question.session_id == session_id, Question.author_key == old)
    questions = session().scalars(theirs.order_by(Question.number).with_for_update()).all()
    for question in questions:
        question.author_key, question.author_name = new, name
    session().flush()
    return questions


def reassign_votes(session_id: str, from_account_id: str, to_account_id: str) -> Sequence[Question]:
    """Give one account's votes to another, once for each question and none for its own; return what to count anew."""
    old, new = key_for(session_id, from_account_id), key_for(session_id, to_account_id)
    theirs = (
        select(Upvote, Question)
        .join(Question, Question.id == Upvote.question_id)
        .where(Question.session_id == session_id, Upvote.voter_key.in_([old, new]))
        .order_by(Question.number)
        .with_for_update()
    )
    rows = session().execute(theirs).all()
    kept = {question.id for upvote, question in rows if upvote.voter_key == new and question.author_key != new}
    changed = []
    for upvote, question in rows:
        is_own = question.author_key == new
        if upvote.voter_key == new and not is_own:
            continue
        session().delete(upvote)
        if upvote.voter_key == old and not is_own and question.id not in kept:
            session().add(Upvote(question_id=question.id, voter_key=new, counts=upvote.counts, is_guest=False))
        changed.append(question)
    session().flush()
    return changed
