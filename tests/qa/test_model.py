"""Several people at random against a small model of what Q&A promises (hypothesis shrinks what goes wrong)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from plugin.accounts.models import Account
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import AppError
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, queries, service, states
from plugin.qa.models import Question, QuestionState
from plugin.qa.models import QuestionState as S
from tests.qa.cast import Cast, attend, done, gather

AUDIENCE = st.sampled_from(["lina", "omar", "sam"])
HOSTS = st.sampled_from(["hana", "cole", "petra"])
ANYBODY = st.sampled_from(["lina", "omar", "sam", "hana", "petra"])
TARGETS = st.sampled_from([*[S.QUEUED, S.OPEN, S.ON_STAGE] * 4, *S])
PICK = st.integers(min_value=0, max_value=50)


@dataclass
class Expected:
    """What the model knows of one question. ``last`` is who may undo what: the actor and how it was before."""

    id: str
    asker: str
    number: int
    state: S = S.OPEN
    version: int = 1
    voters: set[str] = field(default_factory=set)
    last: tuple[str, S, int | None] | None = None


class Desk(RuleBasedStateMachine):
    """A room where people ask, vote, move, undo and withdraw as they like."""

    app: Flask

    @initialize()
    def open_room(self) -> None:
        """Let everybody in; nobody has a time limit, so that an undo depends on nothing but what was done."""
        self.context = self.app.app_context()
        self.context.push()
        self.cast: Cast = gather()
        with unit_of_work():
            session().execute(update(Account).values(time_limits="none"))
        session().expire_all()
        self.questions: list[Expected] = []
        self.order: list[str] = []

    def teardown(self) -> None:
        """Leave nothing open."""
        if hasattr(self, "context"):
            session().rollback()
            self.context.pop()

    def actor(self, name: str) -> Actor:
        """Return the person."""
        actor: Actor = getattr(self.cast, name)
        return actor

    def attempt(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do it, and return what came of it or the code of the refusal."""
        try:
            return done(verb, *args, **kwargs)
        except AppError as error:
            return error.code

    def pick(self, number: int) -> Expected:
        """Return one of the questions."""
        return self.questions[number % len(self.questions)]

    @property
    def on_stage(self) -> Expected | None:
        """The question that is being answered."""
        return next((question for question in self.questions if question.state is S.ON_STAGE), None)

    def enter(self, question: Expected, state: S, by: str | None) -> None:
        """Write down a change of state; ``by`` may undo it."""
        place = self.order.index(question.id) if question.id in self.order else None
        question.last = (by, question.state, place) if by else None
        if place is not None:
            self.order.remove(question.id)
        if state is S.QUEUED:
            self.order.append(question.id)
        question.state = state
        question.version += 1

    @precondition(lambda self: len(self.questions) < 8)
    @rule(name=AUDIENCE)
    def ask(self, name: str) -> None:
        """Somebody asks, long after their last one."""
        with unit_of_work():
            session().execute(update(Question).values(asked_at=Question.asked_at))
            for earlier in session().query(Question).filter_by(session_id=self.cast.session_id):
                earlier.asked_at -= timedelta(minutes=1)
        mine = [question for question in self.questions if question.asker == name]
        waiting = [question for question in mine if question.state in states.WAITING]
        answer = self.attempt(service.ask, self.actor(name), text="What now?", client_id=uuid4().hex)
        if len(mine) >= 20:
            assert answer == "ask_session_limit"
        elif len(waiting) >= 5:
            assert answer == "ask_open_limit"
        else:
            self.questions.append(Expected(answer.id, name, len(self.questions) + 1))

    @precondition(lambda self: self.questions)
    @rule(name=ANYBODY, number=PICK, is_on=st.booleans())
    def vote(self, name: str, number: int, is_on: bool) -> None:
        """Somebody votes, or takes it back."""
        question = self.pick(number)
        actor = self.actor(name)
        answer = self.attempt(service.vote if is_on else service.unvote, actor, question.id)
        is_hidden = question.state not in states.SHOWN and not actor.is_backstage and name != question.asker
        if is_hidden:
            assert answer == "not_found"
        elif name == question.asker:
            assert answer == "own_question"
        elif question.state not in states.VOTABLE:
            assert answer == "voting_closed"
        elif is_on:
            question.voters.add(name)
        else:
            question.voters.discard(name)

    @precondition(lambda self: self.questions)
    @rule(name=HOSTS, number=PICK, to=TARGETS, close_current=st.booleans(), is_stale=st.booleans())
    def move(self, name: str, number: int, to: S, close_current: bool, is_stale: bool) -> None:
        """A host moves a question, sometimes one that changed meanwhile."""
        question, current = self.pick(number), self.on_stage
        version = question.version - 1 if is_stale and question.version > 1 else question.version
        answer = self.attempt(
            desk.move, self.actor(name), question.id, to=to, version=version, close_current=close_current
        )
        if version != question.version:
            assert answer == "stale_question"
        elif states.verb_of(question.state, to) is None:
            assert answer == "illegal_move"
        elif to is S.ON_STAGE and current is not None and not close_current:
            assert answer == "stage_taken"
        else:
            assert not isinstance(answer, str), answer
            if to is S.ON_STAGE and current is not None:
                self.enter(current, S.ANSWERED_LIVE, name)
            self.enter(question, to, name)

    @rule(name=HOSTS)
    def take_next(self, name: str) -> None:
        """A host takes the next one."""
        answer = self.attempt(desk.take_next, self.actor(name))
        if not self.order:
            assert answer == "queue_empty"
        elif self.on_stage is not None:
            assert answer == "stage_taken"
        else:
            first = next(question for question in self.questions if question.id == self.order[0])
            assert answer.id == first.id
            self.enter(first, S.ON_STAGE, name)

    @precondition(lambda self: self.order)
    @rule(name=HOSTS, number=PICK, after=st.none() | PICK)
    def rank(self, name: str, number: int, after: int | None) -> None:
        """A host puts a queued question elsewhere."""
        moved = self.order[number % len(self.order)]
        others = [question_id for question_id in self.order if question_id != moved]
        after_id = others[after % len(others)] if after is not None and others else None
        done(desk.rank, self.actor(name), moved, after_id=after_id)
        question = next(question for question in self.questions if question.id == moved)
        question.last = (name, S.QUEUED, self.order.index(moved))
        question.version += 1
        others.insert(others.index(after_id) + 1 if after_id else 0, moved)
        self.order = others

    @precondition(lambda self: self.questions)
    @rule(number=PICK)
    def withdraw(self, number: int) -> None:
        """The asker takes a question back."""
        question = self.pick(number)
        answer = self.attempt(service.withdraw, self.actor(question.asker), question.id)
        if question.state not in states.WITHDRAWABLE:
            assert answer == "illegal_move"
        else:
            self.enter(question, S.WITHDRAWN, question.asker)

    @precondition(lambda self: self.questions)
    @rule(name=ANYBODY, number=PICK, is_right=st.booleans())
    def undo(self, name: str, number: int, is_right: bool) -> None:
        """Somebody wants it undone, rightly or not."""
        question = self.pick(number)
        if is_right and question.last is not None:
            name = question.last[0]
        before = replace(question)
        answer = self.attempt(desk.undo, self.actor(name), question.id)
        actor = self.actor(name)
        if question.state not in states.SHOWN and not actor.is_backstage and name != question.asker:
            assert answer == "not_found"
        elif question.last is None or question.last[0] != name:
            assert answer == "nothing_to_undo"
        elif question.last[1] is S.ON_STAGE and self.on_stage not in (None, question):
            assert answer == "stage_taken"
        else:
            assert not isinstance(answer, str), (answer, before)
            _by, state, _place = question.last
            if question.id in self.order:
                self.order.remove(question.id)
            if state is S.QUEUED:
                self.order = self.queue_now()  # where exactly depends on what went on around it; see the invariant
            question.state, question.last = state, None
            question.version += 1

    def queue_now(self) -> list[str]:
        """Return the run order as the database has it."""
        session().rollback()
        return [question.id for question in queries.queue(self.cast.session_id)]

    @invariant()
    def database_agrees(self) -> None:
        """Every question stands where the model says, with those votes, in that order, one on stage at most."""
        if not hasattr(self, "questions"):
            return
        assert self.queue_now() == self.order
        session().expire_all()
        stage = 0
        for expected in self.questions:
            question = session().get_one(Question, expected.id)
            counted = 0 if expected.state is S.WITHDRAWN else len(expected.voters - {"hana"})
            assert (question.state, question.votes_count) == (expected.state, counted)
            assert (question.number, question.version) == (expected.number, expected.version)
            assert (question.rank is not None) is (question.state is QuestionState.QUEUED)
            stage += question.state is S.ON_STAGE
        assert stage <= 1


def test_whatever_people_do_the_promises_hold(app: Flask) -> None:
    attend(app)
    machine = type("DeskOfThisApp", (Desk,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
