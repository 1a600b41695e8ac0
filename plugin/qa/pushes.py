"""Who in the room hears what of questions, now: hosts everything, authors their own, everybody what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from plugin.core.database import session
from plugin.outbox.domain_event import DomainEvent
from plugin.qa import authorship, queries, states, views
from plugin.qa.authorship import Author
from plugin.qa.domain_events import (
    QuestionAsked,
    QuestionClaimed,
    QuestionEvent,
    QuestionForgotten,
    QuestionMoved,
    QuestionRanked,
    QuestionSeen,
    QuestionSettingsChanged,
    QuestionTallied,
    QuestionUndone,
    QuestionWithdrawn,
)
from plugin.qa.models import Question, QuestionSettings, VoteCounts
from plugin.realtime import channels
from plugin.realtime.push import Announcement, Push, Revoke, Tally
from plugin.rooms import queries as rooms
from plugin.rooms.domain_events import (
    GuestMerged,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRemoved,
    SessionEnded,
    SessionEvent,
)


def on_changed(event: QuestionEvent) -> Iterator[Announcement]:
    """Tell everyone who may see the question how it is now, and the audience when it no longer is for them."""
    question = _question(event)
    author, settings = authorship.author_of(question), queries.settings(event.session_id)
    yield from _hosts_and_author(event.name, question, author, settings)
    if question.state in states.SHOWN:
        yield _to_audience(event.name, question, settings)
    elif getattr(event, "from_state", None) in states.SHOWN:
        yield Push(channels.audience(event.session_id), event.name, _removed(question))


def on_seen(event: QuestionSeen) -> Iterator[Announcement]:
    """Tell the hosts and the author; it is nobody else's business."""
    question = _question(event)
    yield from _hosts_and_author(
        event.name, question, authorship.author_of(question), queries.settings(event.session_id)
    )


def on_forgotten(event: QuestionForgotten) -> Iterator[Announcement]:
    """Let a withdrawn question vanish from the last screens that still show it."""
    question = _question(event)
    yield Push(channels.backstage(event.session_id), event.name, _removed(question))
    yield Push(authorship.channel_of(question), event.name, _removed(question))


def on_tallied(event: QuestionTallied) -> Iterator[Announcement]:
    """Tell the new count to those who may see it without having voted; whoever votes gets it in the answer."""
    question, settings = _question(event), queries.settings(event.session_id)
    votes = {"question_id": question.id, "votes": question.votes_count}
    hosts = votes | {"guest_votes": question.guest_votes_count}
    yield Tally(channels.backstage(event.session_id), event.name, question.id, hosts)
    if settings.vote_counts is VoteCounts.ALWAYS:
        yield Tally(channels.audience(event.session_id), event.name, question.id, votes)
    elif settings.vote_counts is VoteCounts.AFTER_VOTE:
        yield Tally(authorship.channel_of(question), event.name, question.id, votes)


def on_settings_changed(event: QuestionSettingsChanged) -> Iterator[Announcement]:
    """Tell everyone the rules; where counts appear or vanish by them, tell the questions again."""
    settings = queries.settings(event.session_id)
    data = {"qa_settings": views.settings_view(settings)}
    yield Push(channels.backstage(event.session_id), event.name, data)
    yield Push(channels.audience(event.session_id), event.name, data)
    if event.vote_counts_changed:
        yield from _counts_again(event, settings)


def _counts_again(event: QuestionSettingsChanged, settings: QuestionSettings) -> Iterator[Announcement]:
    questions = queries.shown(event.session_id)
    authors = authorship.authors_of(questions)
    for question in questions:
        yield _to_audience(event.name, question, settings)
        if not authors[question.id].is_backstage:
            own = {"question": views.asker(question, settings)}
            yield Push(authorship.channel_of(question), event.name, own)


def on_coming_or_going(event: ParticipantEvent) -> Iterator[Announcement]:
    """Show the hosts, on the cards of a person's questions, whether the person is there."""
    person = rooms.participant_by_id(event.session_id, event.participant_id)
    yield from _presence_told(event, authorship.questions_of(person))


def on_removed(event: ParticipantRemoved) -> Iterator[Announcement]:
    """Let whoever was put out of the room hear no more of their questions."""
    yield from on_coming_or_going(event)
    yield Revoke(authorship.channel_for_account(event.session_id, event.account_id), event.account_id)


def on_guest_merged(event: GuestMerged) -> Iterator[Announcement]:
    """Tell whoever signed in which questions they voted for as a guest; their questions follow as they are claimed."""
    accounts = event.from_account_id, event.to_account_id
    voted = queries.voted_ids_where(event.session_id, authorship.voted_by_accounts(event.session_id, accounts))
    if voted:
        own = authorship.channel_for_account(event.session_id, event.to_account_id)
        yield Push(own, event.name, {"voted": voted})


def on_session_ended(event: SessionEnded) -> Iterator[Announcement]:
    """Everybody has left now: show it on the cards."""
    yield from _presence_told(event, queries.remembered(event.session_id))


def _presence_told(event: SessionEvent, questions: Sequence[Question]) -> Iterator[Announcement]:
    authors = authorship.authors_of(questions)
    for question in questions:
        data = {"question": views.backstage(question, authors[question.id])}
        yield Push(channels.backstage(event.session_id), event.name, data)


def _hosts_and_author(
    name: str, question: Question, author: Author, settings: QuestionSettings
) -> Iterator[Announcement]:
    for_hosts = views.backstage(question, author)
    yield Push(channels.backstage(question.session_id), name, {"question": for_hosts})
    # A host who asks hears the same on both channels; else the later of two would take away what only hosts see.
    for_author = for_hosts if author.is_backstage else views.asker(question, settings)
    yield Push(authorship.channel_of(question), name, {"question": for_author})


def _to_audience(name: str, question: Question, settings: QuestionSettings) -> Push:
    data = {"question": views.audience(question, views.votes_for_all(question, settings))}
    return Push(channels.audience(question.session_id), name, data)


def _removed(question: Question) -> Mapping[str, Any]:
    return {"removed": {"kind": "question", "id": question.id}}


def _question(event: QuestionEvent) -> Question:
    return session().get_one(Question, event.question_id)


PUSHES: Mapping[type[DomainEvent], Callable[[Any], Iterable[Announcement]]] = {
    QuestionAsked: on_changed,
    QuestionMoved: on_changed,
    QuestionRanked: on_changed,
    QuestionUndone: on_changed,
    QuestionWithdrawn: on_changed,
    QuestionClaimed: on_changed,
    QuestionSeen: on_seen,
    QuestionForgotten: on_forgotten,
    QuestionTallied: on_tallied,
    QuestionSettingsChanged: on_settings_changed,
    ParticipantJoined: on_coming_or_going,
    ParticipantLeft: on_coming_or_going,
    ParticipantRemoved: on_removed,
    SessionEnded: on_session_ended,
    GuestMerged: on_guest_merged,
}
