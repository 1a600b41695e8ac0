"""Hands: one ordered queue, sorted by the server's clock (rows A7 and A11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.core.actor import Actor
from plugin.core.clock import isoformat, now
from plugin.core.database import session as db_session
from plugin.core.errors import InvalidError, NotFoundError
from plugin.core.text import clean_line
from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.recorder import record, remind
from plugin.rooms import clocks, policy, presence, queries
from plugin.rooms.domain_events import HandAbsenceDue, HandLowered, HandMoved, HandRaised, HandSpeechDue
from plugin.rooms.models import Hand, Participant, RoomSession
from plugin.rooms.ports import current_ports
from plugin.rooms.states import HandLowering, HandState

REASON_MAX = 140
#: Who has spoken for this long has been heard: the hand goes down by itself.
SPEECH_SECONDS = 5


def raise_hand(actor: Actor, *, reason: str | None = None, question_id: str | None = None) -> Hand:
    """Join the queue at its end; a hand that is up already keeps its place and takes the new words."""
    session = queries.session_for_update(actor.session_id)
    policy.ensure_can_raise_hand(actor, session, queries.hosts_and_speakers(session.id))
    if question_id is not None and not current_ports().questions.is_own(actor, question_id):
        raise NotFoundError("Only a question of your own can go with your hand.")
    person = queries.participant_by_id(session.id, actor.participant_id)
    hand = queries.raised_hand(person.id)
    if hand is None:
        hand = _raise(session, person, now(), order_key=_end_of_queue(session.id))
    else:
        record(HandRaised(session_id=session.id, participant_id=person.id, hand_id=hand.id))
    hand.reason, hand.question_id = _reason(reason), question_id
    return hand


def _reason(reason: str | None) -> str | None:
    cleaned = clean_line(reason or "")
    if len(cleaned) > REASON_MAX:
        raise InvalidError(f"Say it in {REASON_MAX} characters.", code="reason_too_long")
    return cleaned or None


def raise_by_platform(session: RoomSession, person: Participant, at: datetime) -> None:
    """Take over a hand that went up in the audio server's own client; its clock gives the place in the queue."""
    hand = queries.raised_hand(person.id)
    if hand is None:
        _raise(session, person, at, order_key=clocks.microseconds(at))
    elif hand.raised_at < at:
        hand.raised_at, hand.order_key = at, clocks.microseconds(at)
        record(HandMoved(session_id=session.id, participant_id=person.id, hand_id=hand.id))
    if not person.is_present and person.left_at:
        presence.watch_absence(person, person.left_at)


def _raise(session: RoomSession, person: Participant, at: datetime, *, order_key: int) -> Hand:
    hand = Hand(session_id=session.id, participant_id=person.id, raised_at=at, order_key=order_key)
    db_session().add(hand)
    db_session().flush()
    record(HandRaised(session_id=session.id, participant_id=person.id, hand_id=hand.id))
    return hand


def _end_of_queue(session_id: str) -> int:
    return max(queries.last_order_key(session_id) + 1, clocks.microseconds(now()))


def lower_mine(actor: Actor) -> None:
    """Take one's own hand down; fine when it is down already."""
    queries.session_for_update(actor.session_id)
    if hand := queries.raised_hand(actor.participant_id):
        lower(hand, HandLowering.SELF)


def dismiss(actor: Actor, hand_id: str) -> None:
    """Let a host take a hand down."""
    policy.ensure_hosting(actor)
    queries.session_for_update(actor.session_id)
    lower(queries.hand(actor.session_id, hand_id), HandLowering.HOST)


def put_last(actor: Actor, hand_id: str) -> Hand:
    """*Not now*: the hand stays up, at the end of the queue."""
    policy.ensure_hosting(actor)
    queries.session_for_update(actor.session_id)
    hand = queries.hand(actor.session_id, hand_id)
    if hand.state != HandState.RAISED:
        raise NotFoundError("This hand is down already.")
    hand.order_key = _end_of_queue(actor.session_id)
    record(HandMoved(session_id=hand.session_id, participant_id=hand.participant_id, hand_id=hand.id))
    return hand


def lower_all(actor: Actor) -> int:
    """Let a host take every hand down; return how many were up."""
    policy.ensure_hosting(actor)
    session = queries.session_for_update(actor.session_id)
    return lower_everyones(session, HandLowering.HOST)


def lower_everyones(session: RoomSession, why: HandLowering, *, raised_before: datetime | None = None) -> int:
    """Take every hand of the session down, or every one that was up before an instant."""
    raised = [hand for hand in _raised(session.id) if raised_before is None or hand.raised_at < raised_before]
    for hand in raised:
        lower(hand, why)
    return len(raised)


def _raised(session_id: str) -> Iterator[Hand]:
    yield from db_session().scalars(select(Hand).where(Hand.session_id == session_id, Hand.state == HandState.RAISED))


def lower(hand: Hand, why: HandLowering) -> None:
    """Take a hand down, once."""
    if hand.state != HandState.RAISED:
        return
    hand.state, hand.lowering, hand.lowered_at = HandState.LOWERED, why, now()
    record(HandLowered(session_id=hand.session_id, participant_id=hand.participant_id, hand_id=hand.id, reason=why))


def lower_of(person: Participant, why: HandLowering) -> None:
    """Take down the hand of this person, if it is up."""
    if hand := queries.raised_hand(person.id):
        lower(hand, why)


def watch_speech(person: Participant) -> None:
    """The microphone opened: if a hand is up, look again in five seconds."""
    hand = queries.raised_hand(person.id)
    if hand is None or person.audible_since_at is None:
        return
    since = isoformat(person.audible_since_at) or ""
    timer = HandSpeechDue(session_id=hand.session_id, participant_id=person.id, hand_id=hand.id, since=since)
    remind(timer, due_at=now() + timedelta(seconds=SPEECH_SECONDS))


def lower_after_speech(event: HandSpeechDue) -> None:
    """Subscriber: the person has spoken without a break since then, so the hand goes down."""
    with unit_of_work():
        queries.session_for_update(event.session_id)
        person = queries.participant_by_id(event.session_id, event.participant_id)
        if person.is_audible and isoformat(person.audible_since_at) == event.since:
            lower(queries.hand(event.session_id, event.hand_id), HandLowering.SPEAKING)


def lower_after_absence(event: HandAbsenceDue) -> None:
    """Subscriber: the person has been away without a break since then, so the hand goes down."""
    with unit_of_work():
        queries.session_for_update(event.session_id)
        person = queries.participant_by_id(event.session_id, event.participant_id)
        if presence.is_still_absent(person, event.left_at):
            lower(queries.hand(event.session_id, event.hand_id), HandLowering.ABSENT)
