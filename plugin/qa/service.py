"""What the audience does (ask, vote, withdraw), what hosts have seen, and how a session wants its Q&A."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.core.actor import Actor
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.outbox.recorder import record
from plugin.qa import authorship, limits, moves, policy, queries, voices, votes, wording
from plugin.qa.domain_events import (
    QuestionAsked,
    QuestionSeen,
    QuestionSettingsChanged,
    QuestionTallied,
    QuestionWithdrawn,
)
from plugin.qa.models import Moderation, Question, QuestionSettings, QuestionState, Voice, VoteCounts
from plugin.rooms import queries as rooms


def ask(actor: Actor, *, text: str, client_id: str, voice: Voice = Voice.READ) -> Question:
    """Ask a question; the same ``client_id`` again gives the question that stands already."""
    cleaned = wording.clean(text)
    settings = queries.settings_for_update(actor.session_id)
    if earlier := queries.question_by_client_key(actor.session_id, authorship.client_key(actor, client_id)):
        return earlier
    policy.ensure_is_open(rooms.session(actor.session_id))
    limits.ensure_can_ask_more(actor)
    settings.last_number += 1
    question = Question(
        session_id=actor.session_id,
        number=settings.last_number,
        text=cleaned,
        **authorship.signature(actor, client_id),
        state=QuestionState.PENDING if _must_wait(actor, settings) else QuestionState.OPEN,
        voice=voice,
        is_first=not queries.has_asked(actor),
    )
    session().add(question)
    session().flush()
    moves.announce(question, QuestionAsked, state=question.state.value)
    voices.raise_hand(actor, question)
    return question


def _must_wait(actor: Actor, settings: QuestionSettings) -> bool:
    if actor.is_backstage or settings.moderation is Moderation.OFF:
        return False
    if settings.moderation is Moderation.ON or actor.is_guest:
        return True
    return not queries.has_been_shown(actor)


def vote(actor: Actor, question_id: str) -> Question:
    """Say that this question matters to me too; saying it twice changes nothing."""
    question = _votable(actor, question_id)
    if votes.add(actor, question):
        moves.announce(question, QuestionTallied)
    return question


def unvote(actor: Actor, question_id: str) -> Question:
    """Take the vote back."""
    question = _votable(actor, question_id)
    if votes.remove(actor, question):
        moves.announce(question, QuestionTallied)
    return question


def _votable(actor: Actor, question_id: str) -> Question:
    question = policy.ensure_can_see(actor, queries.question(question_id))
    policy.ensure_is_open(rooms.session(actor.session_id))
    policy.ensure_can_vote(actor, question)
    return question


def withdraw(actor: Actor, question_id: str) -> Question:
    """Take my question back; its votes no longer count and its text is removed ten minutes later (`sweeps`)."""
    question = policy.ensure_can_see(actor, queries.question_for_update(question_id))
    policy.ensure_can_withdraw(actor, question)
    from_state = question.state
    moves.change(question, "withdraw", moves.author(actor), to=QuestionState.WITHDRAWN)
    votes.clear(question)
    moves.announce(question, QuestionWithdrawn, from_state=from_state.value)
    voices.step_back(actor, question)
    return question


def mark_seen(actor: Actor, ids: Sequence[str]) -> int:
    """Note that a host had these questions on screen for two seconds; return how many were new to the hosts."""
    policy.ensure_can_work_the_desk(actor)
    queries.settings_for_update(actor.session_id)  # other hosts hold several questions at once too
    wanted = set(ids)
    found = queries.questions_for_update(actor.session_id, wanted)
    if len(found) != len(wanted):
        raise NotFoundError("One of these questions is not in this room.")
    fresh = [question for question in found if question.seen_at is None]
    for question in fresh:
        question.seen_at = now()
        moves.announce(question, QuestionSeen)
    return len(fresh)


def change_settings(
    actor: Actor, *, moderation: Moderation | None = None, vote_counts: VoteCounts | None = None
) -> QuestionSettings:
    """Change how the session wants its Q&A; questions that were asked before keep their state."""
    policy.ensure_can_change_settings(actor)
    settings = queries.settings_for_update(actor.session_id)
    before = settings.moderation, settings.vote_counts
    settings.moderation = moderation or settings.moderation
    settings.vote_counts = vote_counts or settings.vote_counts
    if (settings.moderation, settings.vote_counts) != before:
        settings.version += 1
        counts_changed = settings.vote_counts is not before[1]
        record(QuestionSettingsChanged(session_id=actor.session_id, vote_counts_changed=counts_changed))
    return settings
