"""What a question looks like to whom: the audience, its author, the hosts; the same words in answers and pushes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.core.actor import Actor
from plugin.core.clock import isoformat
from plugin.qa import authorship, queries
from plugin.qa.authorship import Author
from plugin.qa.models import Question, QuestionSettings, VoteCounts
from plugin.rooms import queries as rooms
from plugin.rooms.models import StageTurn
from plugin.rooms.views import turn_view

View = dict[str, Any]


def audience(question: Question, votes: int | None) -> View:
    """Return what everyone in the room may know; ``votes`` is None while the count is hidden."""
    return {
        "id": question.id,
        "number": question.number,
        "text": question.text,
        "state": question.state.value,
        "voice": question.voice.value,
        "votes": votes,
        "rank": question.rank,
        "asked_at": isoformat(question.asked_at),
        "stage_started_at": isoformat(question.stage_started_at),
        "answered_at": isoformat(question.answered_at),
        "author": {"name": question.author_name},
        "version": question.version,
    }


def asker(question: Question, settings: QuestionSettings) -> View:
    """Return what the author knows beside that: whether a host has seen it, and how long a withdrawal can be undone."""
    own_undo = question.undo_until if question.changed_verb == "withdraw" else None
    return audience(question, votes_for_author(question, settings)) | {
        "seen_at": isoformat(question.seen_at),
        "undo_until": isoformat(own_undo),
    }


def backstage(question: Question, author: Author) -> View:
    """Return what hosts know: the count always, who is there, and who did what last."""
    by_host = question.changed_by_participant_id is not None
    return audience(question, question.votes_count) | {
        "author": {"name": question.author_name, "participant_id": author.participant_id},
        "seen_at": isoformat(question.seen_at),
        "is_first": question.is_first,
        "guest_votes": question.guest_votes_count,
        "asker_present": author.is_present,
        "last_change": _last_change(question),
        "undo_until": isoformat(question.undo_until) if by_host else None,
    }


def _last_change(question: Question) -> View | None:
    if question.changed_verb is None:
        return None
    return {
        "by": question.changed_by_name,
        "by_participant_id": question.changed_by_participant_id,
        "verb": question.changed_verb,
        "at": isoformat(question.changed_at),
    }


def votes_for_all(question: Question, settings: QuestionSettings) -> int | None:
    """Return the count that everyone may see."""
    return question.votes_count if settings.vote_counts is VoteCounts.ALWAYS else None


def votes_for_author(question: Question, settings: QuestionSettings) -> int | None:
    """Return the count that the author may see: they cannot vote on their own, so they need not vote first."""
    return None if settings.vote_counts is VoteCounts.HOSTS else question.votes_count


def settings_view(settings: QuestionSettings) -> View:
    """Return how the session wants its Q&A."""
    return {
        "moderation": settings.moderation.value,
        "vote_counts": settings.vote_counts.value,
        "version": settings.version,
    }


def for_actor(actor: Actor, questions: Sequence[Question]) -> list[View]:
    """Return each question as this person may see it; the number of database queries does not grow with the list."""
    if actor.is_backstage:
        authors = authorship.authors_of(questions)
        return [backstage(question, authors[question.id]) for question in questions]
    settings = queries.settings(actor.session_id)
    after_vote = settings.vote_counts is VoteCounts.AFTER_VOTE
    voted = frozenset(queries.voted_ids(actor)) if after_vote else frozenset()
    return [_for_listener(actor, question, settings, voted) for question in questions]


def _for_listener(actor: Actor, question: Question, settings: QuestionSettings, voted: frozenset[str]) -> View:
    if authorship.is_author(actor, question):
        return asker(question, settings)
    votes = question.votes_count if question.id in voted else votes_for_all(question, settings)
    return audience(question, votes)


def of(actor: Actor, question: Question) -> View:
    """Return one question as this person may see it."""
    return for_actor(actor, [question])[0]


def invitation(turn: StageTurn) -> View:
    """Return the invitation that an asker got, as hosts see it."""
    people = {id_: rooms.participant_by_id(turn.session_id, id_) for id_ in (turn.participant_id, turn.invited_by_id)}
    return turn_view(turn, people[turn.participant_id], people.get(turn.invited_by_id), is_full=True)
