"""Rooms as the server would describe them (docs/protocol.md): what the panel draws in the tests of its states."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

SESSION = "ses_01"
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 7


def ago(seconds: float) -> str:
    """Return the instant so many seconds before now."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def ahead(seconds: float) -> str:
    """Return the instant so many seconds after now."""
    return ago(-seconds)


def question(
    number: int, text: str, author: str = "", *, votes: int | None = 0, state: str = "open", **more: Any
) -> Json:
    """Return a question in the hosts' view."""
    return {
        "id": f"qst_{number:04}",
        "number": number,
        "text": text,
        "state": state,
        "voice": "read",
        "votes": votes,
        "rank": None,
        "asked_at": ago(60 * (30 - number % 30)),
        "stage_started_at": None,
        "answered_at": None,
        "author": {"name": author, "participant_id": None},
        "version": 1,
        "seen_at": ago(30),
        "is_first": False,
        "guest_votes": 0,
        "asker_present": True,
        "last_change": None,
        "undo_until": None,
        **more,
    }


def person(name: str, role: str = "listener", **more: Any) -> Json:
    """Return a participant in the hosts' view."""
    key = name.lower().replace(" ", "_")
    return {
        "id": f"par_{key}",
        "account_id": f"acc_{key}",
        "name": name,
        "role": role,
        "is_present": True,
        "can_speak": role in {"host", "cohost", "speaker"},
        "is_audible": False,
        "is_guest": False,
        "joined_at": ago(1900),
        "is_quiet": False,
        "role_is_set_here": False,
        "turns_count": 0,
        **more,
    }


def hand(name: str, seconds: float, **more: Any) -> Json:
    """Return a raised hand in the hosts' view."""
    key = name.lower().replace(" ", "_")
    return {
        "id": f"hnd_{key}",
        "participant_id": f"par_{key}",
        "name": name,
        "raised_at": ago(seconds),
        "order_key": f"{10_000_000 - int(seconds):010}",
        "reason": None,
        "question_id": None,
        "turns_count": 0,
        "is_first_time": False,
        **more,
    }


def turn(name: str, state: str, question_id: str | None = None, **more: Any) -> Json:
    """Return a way onto the stage in the hosts' view."""
    key = name.lower().replace(" ", "_")
    is_on = state == "on_stage"
    return {
        "id": f"trn_{key}",
        "participant_id": f"par_{key}",
        "name": name,
        "question_id": question_id,
        "state": state,
        "on_stage_at": ago(48) if is_on else None,
        "is_audible": False,
        "version": 1,
        "invited_at": ago(6),
        "expires_at": ahead(24),
        "accepted_at": ago(1) if state != "invited" else None,
        "invited_by_name": "Hana",
        "failure": None,
        **more,
    }


def me(name: str, role: str) -> Json:
    """Return who looks."""
    key = name.lower()
    return {
        "account_id": f"acc_{key}",
        "participant_id": f"par_{key}",
        "name": name,
        "role": role,
        "is_guest": False,
        "is_platform_moderator": False,
        "is_quiet": False,
        "time_limits": "standard",
        "undo_seconds": 10,
    }


def bare_room(name: str = "Lina", role: str = "listener") -> Json:
    """Return a live room in which nothing has happened yet."""
    people = (
        [person("Hana", "host", is_audible=True), person(name, role)] if name != "Hana" else [person("Hana", "host")]
    )
    return {
        "me": me(name, role),
        "room": {
            "id": "room_01",
            "title": "Product AMA with Hana",
            "platform": "livekit",
            "capabilities": ["participant.promote", "participant.mute", "participant.remove"],
            "follows_available": False,
        },
        "session": {
            "id": SESSION,
            "room_id": "room_01",
            "title": "Product AMA with Hana",
            "number": 1,
            "state": "live",
            "started_at": ago(2050),
            "ended_at": None,
            "present_count": len(people),
            "quiet_count": 0,
            "settings": {"hands": "everyone"},
            "version": 1,
        },
        "participants": people,
        "hands": [],
        "turns": [],
        "qa": {
            "questions": [],
            "mine": [],
            "voted": [],
            "settings": {"moderation": "off", "vote_counts": "always", "version": 1},
            "limits": {"question_min": 3, "question_max": 300, "open_max": 5},
        },
        "channels": [{"name": f"audience:{SESSION}", "seq": 0}, {"name": f"asker:{SESSION}:key", "seq": 0}],
    }


def busy_room(name: str = "Lina", role: str = "listener") -> Json:
    """Return a room in full swing: the one on the pictures."""
    room = bare_room(name, role)
    room["session"].update(present_count=128, quiet_count=4)
    room["participants"] = [
        person("Hana", "host", is_audible=True),
        person("Cole", "cohost"),
        person("Ivy", "producer"),
        person("Sam", "speaker"),
        person("Omar Khan", "speaker", is_audible=True, turns_count=1),
        person("Lina"),
        person("Mira Sol"),
        person("Jun Tanaka"),
        person("Ana Ruiz", turns_count=1),
        person("Paulo Silva"),
        person("Kim", is_guest=True),
    ]
    room["qa"]["questions"] = [
        question(
            14,
            "How do you decide what not to build when everyone asks for it?",
            "Omar Khan",
            votes=31,
            state="on_stage",
            voice="speak",
            stage_started_at=ago(48),
        ),
        question(9, "What happens to our chat when the room ends?", "Mira Sol", votes=24, state="queued", rank="a0"),
        question(
            16,
            "Could you show how a small team would start with this on a single machine?",
            "Paulo Silva",
            votes=15,
            state="queued",
            rank="a1",
            voice="either",
        ),
        question(
            17,
            "Will the beta run on our own servers, or only in your cloud?",
            "Lina",
            votes=12,
            state="queued",
            rank="a2",
            voice="speak",
            is_first=True,
        ),
        question(11, "Can hosts see who asked anonymously? Please be honest.", "Ana Ruiz", votes=18, guest_votes=4),
        question(12, "Is there an API, so that our bot can post the agenda?", "Mira Sol", votes=7),
        question(19, "Which languages come next?", "Paulo Silva", votes=5, seen_at=None),
        question(20, "هل ستدعمون اللغة العربية قريبًا؟", "ليلى", votes=3, voice="speak", asker_present=False),
        question(
            4,
            "What did you learn from the first hundred rooms?",
            "Jun Tanaka",
            votes=22,
            state="answered_live",
            answered_at=ago(700),
        ),
        question(
            6, "Where can we read the protocol?", "Ana Ruiz", votes=9, state="answered_live", answered_at=ago(400)
        ),
    ]
    if role in {"host", "cohost", "producer"}:
        room["qa"]["questions"] += [
            question(
                21, "Why did you drop the old import? It broke our whole course.", "Kim", state="pending", is_first=True
            ),
            question(22, "Is there an API for bots?", "Jun Tanaka", state="pending", seen_at=None),
        ]
        room["qa"]["settings"]["moderation"] = "newcomers"
    else:
        room["qa"]["mine"] = ["qst_0017"]
        room["qa"]["voted"] = ["qst_0009", "qst_0014"]
    room["hands"] = [
        hand("Jun Tanaka", 130, reason="about prices for schools", is_first_time=True),
        hand("Ana Ruiz", 40, turns_count=1, question_id="qst_0011"),
    ]
    room["turns"] = [turn("Omar Khan", "on_stage", "qst_0014", is_audible=True)]
    return room


def with_turn(state: str, **more: Any) -> Json:
    """Return the hosts' room while Lina is on her way onto the stage with Q17."""
    room = busy_room("Hana", "host")
    room["qa"]["questions"] = [one for one in room["qa"]["questions"] if one["state"] != "on_stage"]
    room["turns"] = [turn("Lina", state, "qst_0017", **more)]
    return room


def invited() -> Json:
    """Return Lina's room at the moment she is invited."""
    room = busy_room()
    room["turns"].append(turn("Lina", "invited", "qst_0017"))
    return room


def crowded(count: int = 10_000) -> Json:
    """Return a room with more questions than anybody reads."""
    room = bare_room()
    room["qa"]["questions"] = [
        question(n, f"Question number {n}, what about it?", "Omar", votes=n % 40) for n in range(1, count + 1)
    ]
    return room


def awkward() -> Json:
    """Return a room in which every text is as long as it may be."""
    room = busy_room()
    room["session"]["title"] = "The " + "very " * 20 + "long title of a room"
    room["qa"]["questions"][4]["text"] = LONG_WORD[:300]
    room["qa"]["questions"][5]["author"]["name"] = "Maximiliana-Theodora von und zu Hohenstaufen-Wittelsbach"
    room["qa"]["questions"][3]["text"] = LONG_WORD[:300]
    room["hands"].append(hand("Lina", 10))
    return room


def ended(name: str = "Lina", role: str = "listener") -> Json:
    """Return a session that is over: everybody has left it."""
    room = busy_room(name, role)
    room["session"].update(state="ended", ended_at=ago(60), present_count=0, quiet_count=0)
    room["participants"] = [one for one in room["participants"] if one["name"] == name]
    room["turns"] = []
    room["qa"]["questions"] = [one for one in room["qa"]["questions"] if one["state"] != "on_stage"]
    return room


def copied(room: Json) -> Json:
    """Return a copy that a test may change."""
    return copy.deepcopy(room)
