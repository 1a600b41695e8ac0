"""Question to stage in one object: invited, let speak by the audio server, on stage, closed, back in the audience."""

from __future__ import annotations

from typing import TypeVar

import pytest
from sqlalchemy import select, update

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.domain_event import DomainEvent
from plugin.outbox.models import OutboxEvent
from plugin.qa import desk, service, subscriptions
from plugin.qa.models import Moderation, Question, QuestionState, Voice
from plugin.rooms import queries as rooms
from plugin.rooms import sessions, stage, turns
from plugin.rooms.domain_events import SessionEnded, StageTurnConfirmed, StageTurnEnded
from plugin.rooms.models import Hand, Participant, RoomSession, StageTurn
from plugin.rooms.states import HandsPolicy, HandState, TurnState
from tests.qa.cast import Cast, ask, done, fresh


def _turn(cast: Cast, question: Question) -> StageTurn | None:
    session().rollback()
    session().expire_all()
    return rooms.active_turn_for_question(cast.session_id, question.id)


def _bring_on_stage(cast: Cast, question: Question, *, host: str = "hana") -> StageTurn:
    """Bring the asker up, let her accept and the audio server agree; the worker tells Q&A."""
    _question, turn = done(desk.bring_up, getattr(cast, host), question.id)
    done(stage.accept, cast.lina, turn.id)
    with unit_of_work():
        rooms.session_for_update(cast.session_id)
        held = rooms.turn(cast.session_id, turn.id)
        session().get_one(Participant, cast.lina.participant_id).can_speak = True
        turns.confirm(held)
    subscriptions.put_on_stage(_heard(StageTurnConfirmed))
    return held


E = TypeVar("E", bound=DomainEvent)


def _heard(kind: type[E]) -> E:
    rows = session().scalars(select(OutboxEvent).where(OutboxEvent.name == kind.name).order_by(OutboxEvent.id.desc()))
    row = rows.first()
    assert row is not None
    return kind.from_payload(row.payload)


def test_the_card_is_on_stage_only_when_the_audio_server_said_so(cast: Cast) -> None:
    question = ask(cast.lina, voice=Voice.SPEAK)
    _question, turn = done(desk.bring_up, cast.hana, question.id)
    assert (turn.question_id, turn.state) == (question.id, TurnState.INVITED)
    assert fresh(question).state is QuestionState.OPEN
    done(stage.accept, cast.lina, turn.id)
    assert fresh(question).state is QuestionState.OPEN


def test_confirmed_puts_the_question_on_stage_in_the_inviter_s_name(cast: Cast) -> None:
    question = ask(cast.lina)
    _bring_on_stage(cast, question, host="cole")
    on_stage = fresh(question)
    assert (on_stage.state, on_stage.changed_by_name) == (QuestionState.ON_STAGE, "Cole")
    version = on_stage.version
    subscriptions.put_on_stage(_heard(StageTurnConfirmed))  # the relay may say it twice
    assert fresh(question).version == version


def test_confirmed_while_another_is_answered_leaves_both_as_they_are(cast: Cast) -> None:
    question, other = ask(cast.lina), ask(cast.omar)
    _question, turn = done(desk.bring_up, cast.hana, question.id)
    done(desk.move, cast.cole, other.id, to=QuestionState.ON_STAGE)
    done(stage.accept, cast.lina, turn.id)
    with unit_of_work():
        rooms.session_for_update(cast.session_id)
        turns.confirm(rooms.turn(cast.session_id, turn.id))
    subscriptions.put_on_stage(_heard(StageTurnConfirmed))
    assert (fresh(question).state, fresh(other).state) == (QuestionState.OPEN, QuestionState.ON_STAGE)


def test_answered_returns_the_asker_to_the_audience(cast: Cast) -> None:
    question = ask(cast.lina)
    turn = _bring_on_stage(cast, question)
    done(desk.answered, cast.hana, question.id)
    session().rollback()
    assert fresh(question).state is QuestionState.ANSWERED_LIVE
    ended = session().get_one(StageTurn, turn.id, populate_existing=True)
    assert (ended.state, ended.end_reason) == (TurnState.LEFT, "returned")


def test_answered_can_keep_the_asker_on_stage(cast: Cast) -> None:
    question = ask(cast.lina)
    _bring_on_stage(cast, question)
    done(desk.answered, cast.hana, question.id, keep_on_stage=True)
    kept = _turn(cast, question)
    assert kept is not None
    assert kept.state == TurnState.ON_STAGE


def test_a_producer_closes_the_question_and_leaves_the_person_to_the_hosts(cast: Cast) -> None:
    question = ask(cast.lina)
    _bring_on_stage(cast, question)
    done(desk.answered, cast.petra, question.id)
    assert fresh(question).state is QuestionState.ANSWERED_LIVE
    assert _turn(cast, question) is not None


def test_a_host_who_ends_the_turn_closes_the_question(cast: Cast) -> None:
    question = ask(cast.lina)
    turn = _bring_on_stage(cast, question)
    done(stage.end, cast.hana, turn.id)
    for _ in range(2):
        subscriptions.close_with_turn(_heard(StageTurnEnded))
    assert fresh(question).state is QuestionState.ANSWERED_LIVE


def test_an_asker_who_steps_down_leaves_the_question_to_the_hosts(cast: Cast) -> None:
    question = ask(cast.lina)
    turn = _bring_on_stage(cast, question)
    done(stage.end, cast.lina, turn.id)
    subscriptions.close_with_turn(_heard(StageTurnEnded))
    assert fresh(question).state is QuestionState.ON_STAGE


def test_bringing_up_twice_is_bringing_up_once(cast: Cast) -> None:
    question = ask(cast.lina)
    _first, turn = done(desk.bring_up, cast.hana, question.id)
    version = fresh(question).version
    again, same = done(desk.bring_up, cast.cole, question.id)
    assert (same.id, again.version) == (turn.id, version)


def test_undo_brings_question_and_person_back(cast: Cast) -> None:
    question = ask(cast.lina)
    done(desk.move, cast.hana, question.id, to=QuestionState.QUEUED)
    rank = fresh(question).rank
    _bring_on_stage(cast, question)
    done(desk.undo, cast.hana, question.id)
    back = fresh(question)
    assert (back.state, back.rank, _turn(cast, question)) == (QuestionState.QUEUED, rank, None)


@pytest.mark.parametrize("to", [QuestionState.DECLINED, QuestionState.HIDDEN, QuestionState.LATER])
def test_a_question_put_away_takes_the_invitation_with_it(cast: Cast, to: QuestionState) -> None:
    question = ask(cast.lina)
    done(desk.bring_up, cast.hana, question.id)
    done(desk.move, cast.hana, question.id, to=to)
    assert _turn(cast, question) is None


def test_an_asker_who_takes_it_back_is_no_longer_invited(cast: Cast) -> None:
    question = ask(cast.lina)
    done(desk.bring_up, cast.hana, question.id)
    done(service.withdraw, cast.lina, question.id)
    assert _turn(cast, question) is None


def _hand(question: Question) -> Hand | None:
    session().rollback()
    return session().scalar(select(Hand).where(Hand.question_id == question.id, Hand.state == HandState.RAISED))


@pytest.mark.parametrize(("voice", "is_up"), [(Voice.READ, False), (Voice.SPEAK, True), (Voice.EITHER, True)])
def test_a_voice_joins_the_hand_queue_with_its_question(cast: Cast, voice: Voice, is_up: bool) -> None:
    question = ask(cast.lina, voice=voice)
    hand = _hand(question)
    assert (hand is not None) is is_up
    if hand is not None:
        assert hand.participant_id == cast.lina.participant_id
        done(desk.move, cast.hana, question.id, to=QuestionState.LATER)
        assert _hand(question) is None


def test_a_voice_joins_when_it_is_approved(cast: Cast) -> None:
    done(service.change_settings, cast.hana, moderation=Moderation.ON)
    question = ask(cast.lina, voice=Voice.SPEAK)
    assert _hand(question) is None
    done(desk.move, cast.petra, question.id, to=QuestionState.OPEN)
    assert _hand(question) is not None


def test_a_question_stands_where_hands_are_off(cast: Cast) -> None:
    with unit_of_work():
        session().execute(update(RoomSession).values(hands_policy=HandsPolicy.OFF))
    session().expire_all()
    question = ask(cast.lina, voice=Voice.SPEAK)
    assert (question.state, _hand(question)) == (QuestionState.OPEN, None)


def test_what_is_on_stage_when_the_session_ends_was_answered(cast: Cast) -> None:
    question = ask(cast.lina)
    done(desk.move, cast.hana, question.id, to=QuestionState.ON_STAGE)
    done(sessions.move, cast.hana, "ended")
    subscriptions.close_with_session(SessionEnded(session_id=cast.session_id, reason="host"))
    closed = fresh(question)
    assert (closed.state, closed.changed_by_name) == (QuestionState.ANSWERED_LIVE, None)
    assert closed.stage_ended_at is not None
