"""The words for where a session, a hand and a turn on stage stand, and which way they may go."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """Where one live run of a room stands (row A21)."""

    SCHEDULED = "scheduled"
    LOBBY = "lobby"
    LIVE = "live"
    ENDED = "ended"
    FOLLOWUP = "followup"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


#: Every legal step; ``ended`` goes back to ``live`` only within five minutes (row A3).
SESSION_STEPS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.SCHEDULED: frozenset({SessionState.LOBBY, SessionState.CANCELLED}),
    SessionState.LOBBY: frozenset({SessionState.LIVE, SessionState.CANCELLED}),
    SessionState.LIVE: frozenset({SessionState.ENDED}),
    SessionState.ENDED: frozenset({SessionState.LIVE, SessionState.FOLLOWUP}),
    SessionState.FOLLOWUP: frozenset({SessionState.ARCHIVED}),
    SessionState.ARCHIVED: frozenset(),
    SessionState.CANCELLED: frozenset(),
}

#: People gather, ask and speak only in these.
OPEN_SESSION_STATES = frozenset({SessionState.LOBBY, SessionState.LIVE})


class HandsPolicy(StrEnum):
    """Who may raise a hand (row A11)."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"
    INVITED = "invited"
    OFF = "off"


class HandState(StrEnum):
    """A hand is up or down."""

    RAISED = "raised"
    LOWERED = "lowered"


class HandLowering(StrEnum):
    """Why a hand went down."""

    SELF = "self"
    HOST = "host"
    SPEAKING = "speaking"
    ABSENT = "absent"
    TURN_ENDED = "turn_ended"
    PLATFORM = "platform"
    SESSION_ENDED = "session_ended"


class TurnState(StrEnum):
    """A person's way onto the stage; ``on_stage`` only once the audio server showed the right to speak."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    ON_STAGE = "on_stage"
    FAILED = "failed"
    LEFT = "left"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


ACTIVE_TURN_STATES = frozenset({TurnState.INVITED, TurnState.ACCEPTED, TurnState.ON_STAGE})
