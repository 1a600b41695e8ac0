"""After every act, what hosts, the audience and the asker see live is what they would see after a reload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import desk, service, sweeps
from plugin.qa.models import Moderation, Question, QuestionState, VoteCounts
from plugin.rooms import presence
from plugin.rooms import queries as rooms
from plugin.rooms.models import Participant
from tests.converges import Converges, Wire
from tests.qa.cast import PATHS, Cast, ask, done, question_in

Act = Callable[[Cast, str], object]

#: What can be done with a question that stands in a state, by the verb's name.
ACTS: dict[str, tuple[QuestionState, Act]] = {
    "queue": (QuestionState.OPEN, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.QUEUED)),
    "unqueue": (QuestionState.QUEUED, lambda c, q: done(desk.move, c.cole, q, to=QuestionState.OPEN)),
    "take on stage": (QuestionState.QUEUED, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.ON_STAGE)),
    "next": (QuestionState.QUEUED, lambda c, q: done(desk.take_next, c.hana)),
    "answer": (QuestionState.ON_STAGE, lambda c, q: done(desk.answered, c.hana, q)),
    "reopen": (QuestionState.ANSWERED_LIVE, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.ON_STAGE)),
    "put off": (QuestionState.OPEN, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.LATER)),
    "decline": (QuestionState.OPEN, lambda c, q: done(desk.move, c.petra, q, to=QuestionState.DECLINED)),
    "hide": (QuestionState.QUEUED, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.HIDDEN)),
    "show again": (QuestionState.HIDDEN, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.OPEN)),
    "approve": (QuestionState.PENDING, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.OPEN)),
    "decline unseen": (QuestionState.PENDING, lambda c, q: done(desk.move, c.hana, q, to=QuestionState.DECLINED)),
    "rank": (QuestionState.QUEUED, lambda c, q: done(desk.rank, c.hana, q, after_id=None)),
    "bring up": (QuestionState.QUEUED, lambda c, q: done(desk.bring_up, c.hana, q)),
    "see": (QuestionState.OPEN, lambda c, q: done(service.mark_seen, c.hana, [q])),
    "see unseen": (QuestionState.PENDING, lambda c, q: done(service.mark_seen, c.hana, [q])),
    "withdraw": (QuestionState.OPEN, lambda c, q: done(service.withdraw, c.lina, q)),
    "withdraw unseen": (QuestionState.PENDING, lambda c, q: done(service.withdraw, c.lina, q)),
    "vote": (QuestionState.OPEN, lambda c, q: done(service.vote, c.sam, q)),
    "vote as guest": (QuestionState.QUEUED, lambda c, q: done(service.vote, c.gus, q)),
}


#: With the counts shown, every act; with the counts hidden, those in which a count could slip out.
CASES = [(act, VoteCounts.ALWAYS) for act in ACTS] + [
    (act, votes)
    for act in ("vote", "vote as guest", "queue", "answer", "withdraw", "approve")
    for votes in (VoteCounts.AFTER_VOTE, VoteCounts.HOSTS)
]


@pytest.mark.parametrize(("act", "votes"), CASES)
def test_every_act_converges(cast: Cast, converges: Converges, act: str, votes: VoteCounts) -> None:
    state, perform = ACTS[act]
    done(service.change_settings, cast.hana, vote_counts=votes)
    question = question_in(state, cast.hana, cast.lina)
    with converges(cast.hana, cast.cole, cast.petra, cast.omar, cast.lina):
        perform(cast, question.id)


@pytest.mark.parametrize("state", [*PATHS, QuestionState.WITHDRAWN])
def test_every_undo_converges(cast: Cast, converges: Converges, state: QuestionState) -> None:
    question = question_in(state, cast.hana, cast.lina)
    if state is QuestionState.OPEN:
        done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    with converges(cast.hana, cast.cole, cast.omar, cast.lina):
        done(desk.undo, cast.lina if state is QuestionState.WITHDRAWN else cast.hana, question.id)


@pytest.mark.parametrize("moderation", list(Moderation))
@pytest.mark.parametrize("asker", ["lina", "gus", "hana", "petra"])
def test_every_new_question_converges(cast: Cast, converges: Converges, asker: str, moderation: Moderation) -> None:
    done(service.change_settings, cast.hana, moderation=moderation)
    with converges(cast.hana, cast.cole, cast.omar, cast.lina, cast.gus, cast.petra):
        ask(getattr(cast, asker))


def test_a_new_question_with_a_voice_converges(cast: Cast, converges: Converges) -> None:
    with converges(cast.hana, cast.omar, cast.lina):
        ask(cast.lina, voice="speak")


def test_a_host_s_own_question_converges(cast: Cast, converges: Converges) -> None:
    question = ask(cast.cole)
    for act in (
        lambda: done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED),
        lambda: done(service.mark_seen, cast.hana, [question.id]),
        lambda: done(service.vote, cast.omar, question.id),
        lambda: done(service.withdraw, cast.cole, question.id),
        lambda: done(desk.undo, cast.cole, question.id),
    ):
        with converges(cast.hana, cast.cole, cast.lina):
            act()


@pytest.mark.parametrize("before", list(VoteCounts))
@pytest.mark.parametrize("after", list(VoteCounts))
def test_showing_and_hiding_counts_converges(
    cast: Cast, converges: Converges, before: VoteCounts, after: VoteCounts
) -> None:
    for asker in (cast.lina, cast.cole, cast.sam):
        done(service.vote, cast.omar, ask(asker).id)
    ask(cast.omar)
    done(service.change_settings, cast.hana, vote_counts=before)
    with converges(cast.hana, cast.cole, cast.omar, cast.lina, cast.gus):
        done(service.change_settings, cast.hana, vote_counts=after, moderation=Moderation.ON)


def test_forgetting_a_withdrawn_question_converges(cast: Cast, converges: Converges) -> None:
    question = ask(cast.lina)
    done(service.withdraw, cast.lina, question.id)
    with unit_of_work():
        long_ago = now() - timedelta(minutes=11)
        session().execute(update(Question).where(Question.id == question.id).values(withdrawn_at=long_ago))
    with converges(cast.hana, cast.omar, cast.lina):
        assert sweeps.forget_withdrawn() == 1


def test_an_asker_who_goes_and_comes_back_converges(cast: Cast, converges: Converges) -> None:
    ask(cast.lina)
    with converges(cast.hana, cast.omar), unit_of_work():
        live = rooms.session_for_update(cast.session_id)
        presence.leave(live, session().get_one(Participant, cast.lina.participant_id), now())
    with converges(cast.hana, cast.omar), unit_of_work():
        live = rooms.session_for_update(cast.session_id)
        presence.seen(live, session().get_one(Participant, cast.lina.participant_id))


def test_the_audience_hears_nothing_of_what_it_never_saw(cast: Cast, wire: Wire) -> None:
    done(service.change_settings, cast.hana, moderation=Moderation.ON)
    wire.frames.clear()
    question = ask(cast.lina)
    done(service.mark_seen, cast.hana, [question.id])
    done(desk.move, cast.hana, question.id, to=QuestionState.DECLINED)
    done(desk.undo, cast.hana, question.id)
    done(service.withdraw, cast.lina, question.id)
    assert {frame["channel"].split(":")[0] for frame in wire.frames} == {"backstage", "asker"}


def test_hidden_counts_are_never_sent_to_the_audience(cast: Cast, wire: Wire) -> None:
    done(service.change_settings, cast.hana, vote_counts=VoteCounts.AFTER_VOTE)
    question = ask(cast.lina)
    for voter in (cast.omar, cast.sam, cast.gus):
        done(service.vote, voter, question.id)
    for to in (QuestionState.QUEUED, QuestionState.ON_STAGE, QuestionState.ANSWERED_LIVE):
        done(desk.move, cast.hana, question.id, to=to)
    heard = [frame["data"] for frame in wire.frames if frame["channel"].startswith("audience:")]
    assert all("votes" not in data for data in heard)
    assert [data["question"]["votes"] for data in heard if "question" in data] == [None] * 4


def test_what_only_hosts_know_stays_backstage(cast: Cast, wire: Wire) -> None:
    question = ask(cast.lina)
    done(service.mark_seen, cast.hana, [question.id])
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    shown = [frame["data"]["question"] for frame in wire.frames if frame["channel"].startswith("audience:")]
    assert shown
    for view in shown:
        assert not {"seen_at", "is_first", "guest_votes", "asker_present", "last_change"} & view.keys()
        assert view["author"] == {"name": "Lina"}


def test_votes_come_back_with_the_question_for_those_who_voted(cast: Cast, converges: Converges) -> None:
    question = ask(cast.lina)
    done(service.vote, cast.omar, question.id)
    with converges(cast.omar, cast.hana):
        done(desk.move, cast.hana, question.id, to=QuestionState.HIDDEN)
        done(desk.undo, cast.hana, question.id)
    with converges(cast.omar, cast.hana):
        done(service.withdraw, cast.lina, question.id)
    with converges(cast.omar, cast.hana):
        done(desk.undo, cast.lina, question.id)
