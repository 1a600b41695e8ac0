"""What hosts order about people, carried out on the audio server from the worker."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from plugin.core.unit_of_work import unit_of_work
from plugin.outbox.recorder import record
from plugin.rooms import queries, speech
from plugin.rooms.domain_events import (
    MuteAsked,
    OrderFailed,
    ParticipantEvent,
    ParticipantRemoved,
    SpeechWithdrawn,
)
from plugin.rooms.places import Place, place_of
from plugin.rooms.ports import ActionError

log = structlog.get_logger(__name__)


def mute(event: MuteAsked) -> None:
    """Subscriber: close the microphone; the person may open it again."""
    _carry_out(event, "mute", lambda place, user_id: place.platform.mute(place.room, user_id))


def put_out(event: ParticipantRemoved) -> None:
    """Subscriber: the audio server puts the person out as well."""
    _carry_out(event, "remove", lambda place, user_id: place.platform.remove(place.room, user_id))


def withdraw_speech(event: SpeechWithdrawn) -> None:
    """Subscriber: a host returned someone to the audience who held the right to speak without a turn."""
    if not _carry_out(event, "demote", lambda place, user_id: speech.demote(place)):
        return
    with unit_of_work():
        queries.session_for_update(event.session_id)
        person = queries.participant_by_id(event.session_id, event.participant_id)
        speech.remember_speech(person, can_speak=False)


def _carry_out(event: ParticipantEvent, order: str, action: Callable[[Place, str], object]) -> bool:
    """Do it once; an order that failed is told to the hosts and not tried again behind their backs."""
    with unit_of_work():
        place = place_of(queries.participant_by_id(event.session_id, event.participant_id))
    if place.platform_user_id is None:
        return False
    try:
        action(place, place.platform_user_id)
    except ActionError as error:
        log.warning("order_failed", order=order, install_id=place.install_id, is_final=error.is_final)
        _tell_failed(event, order, error.message)
        return False
    return True


def _tell_failed(event: ParticipantEvent, order: str, message: str) -> None:
    with unit_of_work():
        record(
            OrderFailed(
                session_id=event.session_id, participant_id=event.participant_id, order=order, message=message[:300]
            )
        )
