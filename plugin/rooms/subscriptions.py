"""What the worker does when something happened in a room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.outbox.domain_event import DomainEvent
from plugin.rooms import domain_events as happened
from plugin.rooms import hands, orders, speech

SUBSCRIPTIONS: dict[type[DomainEvent], Callable[[Any], None]] = {
    happened.StageTurnAccepted: speech.let_speak,
    happened.StageConfirmationDue: speech.check_confirmation,
    happened.StageInvitationDue: speech.check_invitation,
    happened.StageAbsenceDue: speech.check_absence,
    happened.StageTurnEnded: speech.take_back,
    happened.StageTurnWithdrawn: speech.take_back_withdrawn,
    happened.SpeechWithdrawn: orders.withdraw_speech,
    happened.MuteAsked: orders.mute,
    happened.ParticipantRemoved: orders.put_out,
    happened.HandAbsenceDue: hands.lower_after_absence,
    happened.HandSpeechDue: hands.lower_after_speech,
}
