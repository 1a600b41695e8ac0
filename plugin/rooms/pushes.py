"""What people in the room are told at once: the audience its view, backstage everything in the fuller view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.core.actor import BACKSTAGE
from plugin.outbox.domain_event import DomainEvent
from plugin.realtime import channels
from plugin.realtime.push import Announcement, Push, Revoke, Tally
from plugin.rooms import domain_events as happened
from plugin.rooms import queries, views
from plugin.rooms.models import Hand, Participant, RoomSession, StageTurn
from plugin.rooms.states import ACTIVE_TURN_STATES, TurnState

View = Mapping[str, Any]


def _removed(kind: str, id_: str) -> dict[str, Any]:
    return {"removed": {"kind": kind, "id": id_}}


def on_session_changed(event: happened.SessionChanged | happened.SettingsChanged) -> Iterator[Announcement]:
    """Tell everyone how the session stands."""
    session = queries.session(event.session_id)
    name = "rooms.settings_changed" if isinstance(event, happened.SettingsChanged) else "rooms.session_changed"
    data = {"session": views.session_view(session, queries.room(session.room_id))}
    yield Push(channels.audience(session.id), name, data)
    yield Push(channels.backstage(session.id), name, data)


def on_person(event: happened.ParticipantEvent) -> Iterator[Announcement]:
    """Show or drop the person as they are now, and count anew."""
    person = queries.participant_by_id(event.session_id, event.participant_id)
    session = queries.session(event.session_id)
    yield from _person_told(session, person)
    yield from _presence(session)


@dataclass(frozen=True)
class _Held:
    """What carries a person's name and microphone beside themselves: looked up once, shown in two views."""

    hand: Hand | None
    turn: StageTurn | None
    inviter: Participant | None


def _held_by(person: Participant) -> _Held:
    turn = queries.active_turn(person.id)
    inviter = queries.participant_by_id(turn.session_id, turn.invited_by_id) if turn else None
    return _Held(queries.raised_hand(person.id), turn, inviter)


def _person_told(session: RoomSession, person: Participant) -> Iterator[Announcement]:
    held = _held_by(person)
    if _is_worth_telling(session, person, held):
        data = _person_and_holdings(person, held, is_backstage=False)
        yield Push(channels.audience(session.id), "rooms.participant_changed", data)
    data = _person_and_holdings(person, held, is_backstage=True)
    yield Push(channels.backstage(session.id), "rooms.participant_changed", data)


def _person_and_holdings(person: Participant, held: _Held, *, is_backstage: bool) -> View:
    """Show the person, with the hand and the turn that carry their name and their microphone."""
    data: dict[str, Any] = {}
    if held.hand:
        data["hand"] = views.hand_view(held.hand, person, is_backstage=is_backstage)
    if held.turn and (is_backstage or held.turn.state == TurnState.ON_STAGE):
        data["turn"] = views.turn_view(held.turn, person, held.inviter, is_full=is_backstage)
    is_shown = views.is_shown_backstage(person) if is_backstage else views.is_shown_to_audience(person)
    if not is_shown:
        return data | _removed("participant", person.id)
    return data | {"participant": views.participant_view(person, is_backstage=is_backstage)}


def _is_worth_telling(session: RoomSession, person: Participant, held: _Held) -> bool:
    """In a large room the coming and going of plain listeners is only counted, else n people cost n² messages."""
    if person.role in BACKSTAGE or person.can_speak or session.present_count <= queries.LISTED_MAX:
        return True
    return held.hand is not None


def _presence(session: RoomSession) -> Iterator[Announcement]:
    data = {"present_count": session.present_count, "quiet_count": session.quiet_count}
    for channel in (channels.audience(session.id), channels.backstage(session.id)):
        yield Tally(channel, "rooms.presence", session.id, data)


def on_role_changed(event: happened.RoleChanged) -> Iterator[Announcement]:
    """Show the new role; the person starts again, and hears no more of backstage from now on if they left it."""
    person = queries.participant_by_id(event.session_id, event.participant_id)
    yield from _person_told(queries.session(event.session_id), person)
    yield Push(
        channels.person(event.session_id, event.account_id),
        event.name,
        {"participant": views.participant_view(person, is_backstage=event.to_role in BACKSTAGE)},
    )
    if event.to_role not in BACKSTAGE:
        yield Revoke(channels.backstage(event.session_id), event.account_id)


def on_removed(event: happened.ParticipantRemoved) -> Iterator[Announcement]:
    """Drop the person from every list and silence their sockets."""
    person = queries.participant_by_id(event.session_id, event.participant_id)
    session = queries.session(event.session_id)
    gone = _removed("participant", event.participant_id)
    own = channels.person(event.session_id, event.account_id)
    yield Push(channels.audience(event.session_id), "rooms.participant_changed", gone)
    yield Push(channels.backstage(event.session_id), "rooms.participant_changed", gone)
    yield Push(own, "rooms.removed", gone)
    for channel in (channels.audience(person.session_id), channels.backstage(person.session_id), own):
        yield Revoke(channel, event.account_id)
    yield from _presence(session)


def on_guest_merged(event: happened.GuestMerged) -> Iterator[Announcement]:
    """Drop the guest's place from the lists: the person stands there under their account now."""
    former = queries.participant(event.session_id, event.from_account_id)
    if former is not None:
        gone = _removed("participant", former.id)
        yield Push(channels.audience(event.session_id), "rooms.participant_changed", gone)
        yield Push(channels.backstage(event.session_id), "rooms.participant_changed", gone)


def on_order_failed(event: happened.OrderFailed) -> Iterator[Announcement]:
    """Tell the desk that the audio server did not do it."""
    notice = {"kind": event.order, "participant_id": event.participant_id, "message": event.message}
    yield Push(channels.backstage(event.session_id), event.name, {"notice": notice})


def on_hand_up(event: happened.HandRaised | happened.HandMoved) -> Iterator[Announcement]:
    """Show the hand at its place; its owner sees their own words again."""
    hand = queries.hand(event.session_id, event.hand_id)
    person = queries.participant_by_id(event.session_id, event.participant_id)
    yield Push(
        channels.audience(hand.session_id), event.name, {"hand": views.hand_view(hand, person, is_backstage=False)}
    )
    yield Push(
        channels.backstage(hand.session_id), event.name, {"hand": views.hand_view(hand, person, is_backstage=True)}
    )
    yield Push(
        channels.person(hand.session_id, person.account_id),
        event.name,
        {"hand": views.hand_view(hand, person, is_backstage=False, is_own=True)},
    )
    yield from _hands_tally(event.session_id)


def on_hand_lowered(event: happened.HandLowered) -> Iterator[Announcement]:
    """Drop the hand; its owner learns why."""
    person = queries.participant_by_id(event.session_id, event.participant_id)
    gone = _removed("hand", event.hand_id)
    yield Push(channels.audience(event.session_id), event.name, gone)
    yield Push(channels.backstage(event.session_id), event.name, gone)
    yield Push(channels.person(event.session_id, person.account_id), event.name, {**gone, "reason": event.reason})
    yield from _hands_tally(event.session_id)


def _hands_tally(session_id: str) -> Iterator[Announcement]:
    # One coalesced notice for the desk, however many hands go up in a second.
    data = {"raised_count": queries.raised_hands_count(session_id)}
    yield Tally(channels.backstage(session_id), "rooms.hands", session_id, data)


def on_turn(event: happened.TurnEvent) -> Iterator[Announcement]:
    """Show the turn to the desk and to its person; to the audience only while it is on stage."""
    turn = queries.turn(event.session_id, event.turn_id)
    person = queries.participant_by_id(event.session_id, event.participant_id)
    inviter = queries.participant_by_id(event.session_id, turn.invited_by_id)
    full: dict[str, Any] = {"turn": views.turn_view(turn, person, inviter, is_full=True)}
    if not is_shown(turn):
        full |= _removed("turn", turn.id)
    yield Push(channels.backstage(turn.session_id), event.name, full)
    yield Push(channels.person(turn.session_id, person.account_id), event.name, full)
    if turn.state == TurnState.ON_STAGE:
        seen = {"turn": views.turn_view(turn, person, None, is_full=False)}
        yield Push(channels.audience(turn.session_id), event.name, seen)
    elif isinstance(event, happened.StageTurnEnded):
        yield Push(channels.audience(turn.session_id), event.name, _removed("turn", turn.id))


def is_shown(turn: StageTurn) -> bool:
    """Whether a desk keeps the turn: it runs, or it failed and nobody has dealt with that yet."""
    return turn.state in ACTIVE_TURN_STATES or turn.failure_code is not None


PUSHES: dict[type[DomainEvent], Callable[[Any], Iterable[Announcement]]] = {
    happened.SessionChanged: on_session_changed,
    happened.SettingsChanged: on_session_changed,
    happened.ParticipantJoined: on_person,
    happened.ParticipantLeft: on_person,
    happened.ParticipantChanged: on_person,
    happened.RoleChanged: on_role_changed,
    happened.ParticipantRemoved: on_removed,
    happened.GuestMerged: on_guest_merged,
    happened.OrderFailed: on_order_failed,
    happened.HandRaised: on_hand_up,
    happened.HandMoved: on_hand_up,
    happened.HandLowered: on_hand_lowered,
    happened.StageTurnInvited: on_turn,
    happened.StageTurnExtended: on_turn,
    happened.StageTurnAccepted: on_turn,
    happened.StageTurnDeclined: on_turn,
    happened.StageTurnWithdrawn: on_turn,
    happened.StageTurnExpired: on_turn,
    happened.StageTurnConfirmed: on_turn,
    happened.StageTurnAudible: on_turn,
    happened.StageTurnFailed: on_turn,
    happened.StageTurnEnded: on_turn,
}
