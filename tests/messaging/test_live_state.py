"""Whatever several people do, in any order, while some are away: what each sees live is what a reload would show."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.core.errors import AppError
from plugin.core.unit_of_work import unit_of_work
from plugin.messaging import access, conversations, people, service, shelf
from plugin.messaging.models import Message, Reaction
from tests.converges import Wire
from tests.messaging import mirror
from tests.messaging.cast import Cast
from tests.messaging.mirror import Mirror

WHO = st.sampled_from([0, 1, 2, 3])
WHICH = st.sampled_from(range(12))
WORDS = st.sampled_from(["hello", "**bold** and `code`", "see https://example.org", "@Lina ok?", "@all", "x" * 200])
EMOJI = st.sampled_from(["👍", "❤️", "🎉"])


class Conversation(RuleBasedStateMachine):
    """Four people in one follow-up, which has everything: threads, moderators, comings and goings."""

    cast: Cast
    wire: Wire

    def __init__(self) -> None:
        super().__init__()
        cast = self.cast
        self.people: list[Actor] = [cast.hana, cast.cole, cast.lina, cast.omar]
        conversation = cast.group(*self.people[:3], kind="follow_up")
        self.id, self.sent = conversation.id, 0
        root = cast.say(cast.hana, conversation, "What now?")
        for person in self.people[:3]:
            cast.say(person, conversation, f"{person.name} answers", thread_id=root.id)
            cast.say(person, conversation, f"{person.name} agrees", quote_id=root.id)
        self.mirrors = [Mirror(cast, person, self.id) for person in self.people]
        self.wire.frames.clear()

    def _do(self, verb: Any, *args: Any, **more: Any) -> None:
        try:
            with unit_of_work():
                verb(*args, **more)
        except AppError:
            pass  # refused: nothing may have changed then
        frames, self.wire.frames = self.wire.frames, []
        for frame in frames:
            for one in self.mirrors:
                one.hear(frame)

    def _some(self, which: int, author: Actor | None = None) -> str:
        """Return a message, of this author if they have any; the latest are chosen as often as the first."""
        ours = select(Message.id).where(Message.conversation_id == self.id)
        rows = session().scalars(ours.order_by(Message.seq.desc() if which % 2 else Message.seq)).all()
        own = session().scalars(ours.where(Message.author_id == author.account_id)).all() if author else ()
        return (own or rows)[which // 2 % len(own or rows)]

    @rule(who=WHO, text=WORDS, which=WHICH, quotes=st.booleans(), answers=st.booleans(), again=st.booleans())
    def send(self, who: int, text: str, which: int, quotes: bool, answers: bool, again: bool) -> None:
        self.sent += not again
        quote_id = self._some(which) if quotes else None
        thread_id = self._some(0) if answers else None
        more = {"quote_id": quote_id, "thread_id": thread_id, "client_id": f"client-{self.sent}"}
        self._do(service.send, self.people[who], self.id, text=text, **more)

    @rule(who=WHO, which=WHICH, text=WORDS, emoji=EMOJI, verb=st.sampled_from(["edit", "delete", "react", "pin"]))
    def change(self, who: int, which: int, text: str, emoji: str, verb: str) -> None:
        person = self.people[who]
        chosen = self._some(which, person if verb in {"edit", "delete"} else None)
        more: dict[str, Any] = {"edit": {"text": text}, "react": {"emoji": emoji}}.get(verb, {})
        self._do(getattr(service, verb), person, chosen, **more)

    @rule(which=WHICH, who=WHO)
    def take_back(self, which: int, who: int) -> None:
        for reaction in session().scalars(select(Reaction).where(Reaction.message_id == self._some(which))).all():
            if reaction.account_id == self.people[who].account_id:
                self._do(service.unreact, self.people[who], reaction.message_id, reaction.emoji)
        self._do(service.unpin, self.people[0], self._some(which))

    @rule(who=WHO, seq=WHICH, text=st.sampled_from(["", "draft"]), quotes=st.booleans(), verb=WHICH)
    def keep(self, who: int, seq: int, text: str, quotes: bool, verb: int) -> None:
        quote_id = self._some(seq) if quotes else None
        verbs: list[tuple[Any, dict[str, Any]]] = [
            (shelf.mark_read, {"seq": seq}),
            (shelf.mark_unread, {"seq": seq}),
            (shelf.archive, {}),
            (shelf.unarchive, {}),
            (shelf.mute, {"for_seconds": None}),
            (shelf.save_draft, {"text": text, "quote_id": quote_id}),
        ]
        chosen, more = verbs[verb % len(verbs)]
        self._do(chosen, self.people[who], self.id, **more)

    @rule(who=WHO, verb=st.sampled_from(["join", "join", "leave", "rename"]), history=st.booleans())
    def come_and_go(self, who: int, verb: str, history: bool) -> None:
        if verb == "rename":
            self._do(conversations.change, self.id, name=f"Called {self.sent}")
        elif verb == "join":
            self._do(conversations.admit, self.id, self.people[who].account_id, sees_history=history)
        else:
            self._do(conversations.dismiss, self.id, self.people[who].account_id)

    @rule(who=WHO)
    def go_or_return(self, who: int) -> None:
        if self.mirrors[who].is_online:
            self.mirrors[who].is_online = False
        else:
            self.mirrors[who].reconnect()

    @invariant()
    def numbers_have_no_gap(self) -> None:
        seqs = (
            session().scalars(select(Message.seq).where(Message.conversation_id == self.id).order_by(Message.seq)).all()
        )
        session().rollback()
        assert list(seqs) == list(range(1, len(seqs) + 1))

    @invariant()
    def nobody_outside_holds_anything(self) -> None:
        for person, held in zip(self.people, self.mirrors, strict=True):
            if held.is_online and not access.may_read(person, self.id):
                assert held.conversation is None and held.messages == {}

    def teardown(self) -> None:
        for one in self.mirrors:
            one.reconnect()
            fresh = Mirror(self.cast, one.actor, self.id)
            assert one.picture() == fresh.picture(), one.actor.name


@pytest.mark.timeout(600)
@pytest.mark.parametrize("listed_max", [15, 1], ids=["small", "large"])
def test_live_state_is_refetched_state(
    app: Flask, cast: Cast, listed_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LISTED_MAX", listed_max)  # "large" without sixteen people: told on the channel only
    monkeypatch.setattr(mirror, "LISTED_MAX", listed_max)
    machine = type("Machine", (Conversation,), {"cast": cast, "wire": Wire(app)})
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )
