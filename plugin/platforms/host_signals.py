"""Blinker signals by which a host's own Flask app may tell us what happens, instead of calling us.

Send them with the host's app as sender: ``participant_joined.send(app, room="ama", user_id="lina", name="Lina")``.
They take what the method of the same name in `host.HostEvents` takes.
"""

from __future__ import annotations

from blinker import NamedSignal, Namespace

_signals = Namespace()

room_started = _signals.signal("room_started")
room_ended = _signals.signal("room_ended")
participant_joined = _signals.signal("participant_joined")
participant_left = _signals.signal("participant_left")
role_changed = _signals.signal("role_changed")
microphone_opened = _signals.signal("microphone_opened")
microphone_closed = _signals.signal("microphone_closed")
hand_raised = _signals.signal("hand_raised")
hand_lowered = _signals.signal("hand_lowered")

SIGNALS: tuple[NamedSignal, ...] = (
    room_started,
    room_ended,
    participant_joined,
    participant_left,
    role_changed,
    microphone_opened,
    microphone_closed,
    hand_raised,
    hand_lowered,
)
