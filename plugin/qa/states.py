"""The question's state machine as data: which ways are legal, what the ways are called, and who sees which state."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.qa.models import QuestionState as S

#: Where a question may go from where, exactly as features.md table 2.3 says. ``merged`` goes back to whence it came.
WAYS: Mapping[S, frozenset[S]] = {
    S.PENDING: frozenset({S.OPEN, S.DECLINED, S.WITHDRAWN, S.MERGED, S.HIDDEN}),
    S.OPEN: frozenset({S.QUEUED, S.ON_STAGE, S.ANSWERED_TEXT, S.LATER, S.DECLINED, S.HIDDEN, S.MERGED, S.WITHDRAWN}),
    S.QUEUED: frozenset({S.OPEN, S.ON_STAGE, S.LATER, S.HIDDEN, S.MERGED, S.WITHDRAWN}),
    S.ON_STAGE: frozenset({S.ANSWERED_LIVE, S.OPEN, S.LATER}),
    S.ANSWERED_LIVE: frozenset({S.ON_STAGE, S.ANSWERED_TEXT}),
    S.ANSWERED_TEXT: frozenset({S.OPEN}),
    S.LATER: frozenset({S.OPEN, S.ANSWERED_TEXT, S.RELEASED}),
    S.RELEASED: frozenset(),
    S.DECLINED: frozenset({S.OPEN}),
    S.HIDDEN: frozenset({S.OPEN}),
    S.MERGED: frozenset({S.PENDING, S.OPEN, S.QUEUED}),
    S.WITHDRAWN: frozenset(),
}

#: What a host's way to a state is called in the history; states that are missing here need a verb of their own
#: (``answered_text`` a text, ``merged`` a survivor, ``released`` a promise) or belong to the asker (``withdrawn``).
HOST_VERBS: Mapping[S, str] = {
    S.OPEN: "open",
    S.QUEUED: "queue",
    S.ON_STAGE: "take_on_stage",
    S.ANSWERED_LIVE: "answer",
    S.LATER: "defer",
    S.DECLINED: "decline",
    S.HIDDEN: "hide",
}

#: The audience sees these; everything else is for the hosts, and for its author.
SHOWN = frozenset({S.OPEN, S.QUEUED, S.ON_STAGE, S.ANSWERED_LIVE, S.ANSWERED_TEXT, S.LATER})
#: Votes are taken until the answer.
VOTABLE = frozenset({S.OPEN, S.QUEUED, S.ON_STAGE, S.LATER})
#: These take up one of the asker's places, and one of the session's.
WAITING = frozenset({S.PENDING, S.OPEN, S.QUEUED, S.ON_STAGE})
#: From here the asker may take it back.
WITHDRAWABLE = frozenset(state for state, ways in WAYS.items() if S.WITHDRAWN in ways)


def is_legal(from_state: S, to_state: S) -> bool:
    """Whether the table knows this way."""
    return to_state in WAYS[from_state]


def verb_of(from_state: S, to_state: S) -> str | None:
    """Return what a host's way is called (from pending to open: ``approve``), or None when it is no host's."""
    if not is_legal(from_state, to_state) or from_state is S.MERGED:
        return None
    if (from_state, to_state) == (S.PENDING, S.OPEN):
        return "approve"
    return HOST_VERBS.get(to_state)
