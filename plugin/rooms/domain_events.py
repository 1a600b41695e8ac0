"""What happens in rooms: sessions, people, hands and turns on stage. Ids only; subscribers load what they may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from plugin.outbox.domain_event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SessionEvent(DomainEvent):
    """Something that happened in one room session."""

    session_id: str


@dataclass(frozen=True, kw_only=True)
class SessionChanged(SessionEvent):
    """The session's state moved; always told, whatever the step."""

    name: ClassVar[str] = "rooms.session_changed"
    from_state: str | None
    to_state: str


@dataclass(frozen=True, kw_only=True)
class SessionStarted(SessionEvent):
    """The session went live, or live again within five minutes of its end."""

    name: ClassVar[str] = "rooms.session_started"
    is_resumed: bool = False


@dataclass(frozen=True, kw_only=True)
class SessionEnded(SessionEvent):
    """The session is over; ``reason`` is ``host``, ``platform`` or ``empty``."""

    name: ClassVar[str] = "rooms.session_ended"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(SessionEvent):
    """A host changed how this session works."""

    name: ClassVar[str] = "rooms.settings_changed"


@dataclass(frozen=True, kw_only=True)
class ParticipantEvent(SessionEvent):
    """Something that happened to one participant."""

    participant_id: str


@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(ParticipantEvent):
    """The person is here now."""

    name: ClassVar[str] = "rooms.participant_joined"


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(ParticipantEvent):
    """The person is no longer here."""

    name: ClassVar[str] = "rooms.participant_left"


@dataclass(frozen=True, kw_only=True)
class ParticipantChanged(ParticipantEvent):
    """What is shown of the person changed: name, role, right to speak, microphone, quiet listening."""

    name: ClassVar[str] = "rooms.participant_changed"


@dataclass(frozen=True, kw_only=True)
class RoleChanged(ParticipantEvent):
    """The person has another role now; their panel starts again with what that role may see."""

    name: ClassVar[str] = "rooms.role_changed"
    account_id: str
    from_role: str
    to_role: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRemoved(ParticipantEvent):
    """A host put the person out of the room."""

    name: ClassVar[str] = "rooms.participant_removed"
    account_id: str
    was_backstage: bool = False


@dataclass(frozen=True, kw_only=True)
class MuteAsked(ParticipantEvent):
    """A host asked the audio server to close the person's microphone."""

    name: ClassVar[str] = "rooms.mute_asked"


@dataclass(frozen=True, kw_only=True)
class SpeechWithdrawn(ParticipantEvent):
    """A host took back the right to speak of someone who held it without a turn on stage."""

    name: ClassVar[str] = "rooms.speech_withdrawn"


@dataclass(frozen=True, kw_only=True)
class OrderFailed(ParticipantEvent):
    """The audio server did not do what a host ordered; ``order`` is ``mute``, ``remove`` or ``demote``."""

    name: ClassVar[str] = "rooms.order_failed"
    order: str
    message: str


@dataclass(frozen=True, kw_only=True)
class GuestMerged(SessionEvent):
    """A guest signed in: what the guest account did in this session belongs to the other account now."""

    name: ClassVar[str] = "rooms.guest_merged"
    from_account_id: str
    to_account_id: str


@dataclass(frozen=True, kw_only=True)
class HandEvent(ParticipantEvent):
    """Something that happened to one hand."""

    hand_id: str


@dataclass(frozen=True, kw_only=True)
class HandRaised(HandEvent):
    """A hand went up."""

    name: ClassVar[str] = "rooms.hand_raised"


@dataclass(frozen=True, kw_only=True)
class HandMoved(HandEvent):
    """A hand stands at the end of the queue now."""

    name: ClassVar[str] = "rooms.hand_moved"


@dataclass(frozen=True, kw_only=True)
class HandLowered(HandEvent):
    """A hand went down; ``reason`` is a `HandLowering`."""

    name: ClassVar[str] = "rooms.hand_lowered"
    reason: str


@dataclass(frozen=True, kw_only=True)
class HandAbsenceDue(HandEvent):
    """Timer: the person with this hand up left at ``left_at`` and may have come back."""

    name: ClassVar[str] = "rooms.hand_absence_due"
    left_at: str


@dataclass(frozen=True, kw_only=True)
class HandSpeechDue(HandEvent):
    """Timer: the person with this hand up began to speak on stage at ``since``."""

    name: ClassVar[str] = "rooms.hand_speech_due"
    since: str


@dataclass(frozen=True, kw_only=True)
class TurnEvent(ParticipantEvent):
    """Something that happened to one turn on stage; ``question_id`` is set where the person linked a question."""

    turn_id: str
    question_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class StageTurnInvited(TurnEvent):
    """A host asked the person onto the stage."""

    name: ClassVar[str] = "rooms.stage_invited"


@dataclass(frozen=True, kw_only=True)
class StageTurnExtended(TurnEvent):
    """The person asked for more time to answer."""

    name: ClassVar[str] = "rooms.stage_extended"


@dataclass(frozen=True, kw_only=True)
class StageTurnAccepted(TurnEvent):
    """The person agreed, or a host tries again: the audio server is asked now. ``accepted_at`` tells tries apart."""

    name: ClassVar[str] = "rooms.stage_accepted"
    accepted_at: str


@dataclass(frozen=True, kw_only=True)
class StageTurnDeclined(TurnEvent):
    """The person said *not now*, or nothing."""

    name: ClassVar[str] = "rooms.stage_declined"


@dataclass(frozen=True, kw_only=True)
class StageTurnWithdrawn(TurnEvent):
    """The invitation no longer stands."""

    name: ClassVar[str] = "rooms.stage_withdrawn"


@dataclass(frozen=True, kw_only=True)
class StageTurnExpired(TurnEvent):
    """The invitation got no answer in time."""

    name: ClassVar[str] = "rooms.stage_expired"


@dataclass(frozen=True, kw_only=True)
class StageTurnConfirmed(TurnEvent):
    """The audio server showed that the person may speak: on stage."""

    name: ClassVar[str] = "rooms.stage_confirmed"


@dataclass(frozen=True, kw_only=True)
class StageTurnAudible(TurnEvent):
    """The first open microphone of this turn."""

    name: ClassVar[str] = "rooms.stage_audible"


@dataclass(frozen=True, kw_only=True)
class StageTurnFailed(TurnEvent):
    """It did not work; ``code`` is stable, the sentence is kept with the turn."""

    name: ClassVar[str] = "rooms.stage_failed"
    code: str


@dataclass(frozen=True, kw_only=True)
class StageTurnEnded(TurnEvent):
    """The person is back in the audience.

    ``reason`` is ``returned`` (by a host), ``stepped_down``, ``absent``, ``platform`` or ``session_ended``.
    """

    name: ClassVar[str] = "rooms.stage_ended"
    reason: str


@dataclass(frozen=True, kw_only=True)
class StageInvitationDue(TurnEvent):
    """Timer: the invitation may have run out."""

    name: ClassVar[str] = "rooms.stage_invitation_due"


@dataclass(frozen=True, kw_only=True)
class StageConfirmationDue(TurnEvent):
    """Timer: look whether the audio server did it, and say *failed* when the time is over."""

    name: ClassVar[str] = "rooms.stage_confirmation_due"
    accepted_at: str


@dataclass(frozen=True, kw_only=True)
class StageAbsenceDue(TurnEvent):
    """Timer: the person on stage left at ``left_at`` and may have come back."""

    name: ClassVar[str] = "rooms.stage_absence_due"
    left_at: str
