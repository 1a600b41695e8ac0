"""What people type to search: words, phrases, and the modifiers from: in: has:link is:question before: after:."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from plugin.messaging.errors import BadSearchError

_PART = re.compile(r'(?:(\w+):)?("([^"]*)"|\S+)')
_MODIFIERS = frozenset({"from", "in", "has", "is", "before", "after"})
WORDS_MAX = 12


@dataclass
class SearchQuery:
    """A search as it was meant. ``before_at`` and ``since_at`` bound the time in UTC; days begin at midnight."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    has_link: bool = False
    is_question: bool = False
    since_at: datetime | None = None
    before_at: datetime | None = None


def parse(typed: str) -> SearchQuery:
    """Read a search; an unknown modifier is a word, a known one with a wrong value is refused."""
    query = SearchQuery()
    for found in _PART.finditer(typed):
        name, value = (found.group(1) or "").lower(), found.group(3) if found.group(3) is not None else found.group(2)
        if name in _MODIFIERS:
            _modify(query, name, value.strip())
        elif found.group(3) is not None:
            query.phrases.append(value)
        else:
            query.words.append(found.group())
    return query


def _modify(query: SearchQuery, name: str, value: str) -> None:
    if name == "from":
        query.people.append(value.removeprefix("@"))
    elif name == "in":
        query.places.append(value)
    elif name == "before":
        query.before_at = _midnight(name, value)
    elif name == "after":
        query.since_at = _midnight(name, value) + timedelta(days=1)
    else:
        _flag(query, name, value)


def _flag(query: SearchQuery, name: str, value: str) -> None:
    if (name, value.lower()) == ("has", "link"):
        query.has_link = True
    elif (name, value.lower()) == ("is", "question"):
        query.is_question = True
    else:
        raise BadSearchError("Use has:link or is:question.")


def _midnight(name: str, value: str) -> datetime:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise BadSearchError(f"Write a day as {name}:2026-05-31.") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
