"""Search: only in what the person may read at this moment, newest first, with the lines around each find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from plugin.accounts.models import Account
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.messaging import access, people, search_index, search_query, search_terms, views
from plugin.messaging.kinds import kinds
from plugin.messaging.models import Conversation, Message
from plugin.messaging.search_index import Wanted, Word
from plugin.messaging.search_query import SearchQuery

View = dict[str, Any]

#: Lines shown before and after a find.
AROUND = 2
#: Shorter words are taken as they are; longer ones also find what begins with them.
START_MIN = 4
PEOPLE_MAX = 50


@dataclass(frozen=True)
class Place:
    """A conversation to search: how long it is, and the first message that the person may see."""

    last_seq: int
    first_seq: int


@dataclass(frozen=True)
class Finds:
    """What was found, and whether there is more."""

    messages: Sequence[Message]
    shown: Sequence[View]


def finds(actor: Actor, typed: str, after_id: str | None, limit: int) -> Finds:
    """Return finds for what was typed, at most ``limit + 1``, those after a find."""
    query = search_query.parse(typed)
    places = _places(actor, query)
    wanted = _wanted(actor, query, places, after_id)
    if wanted is None:
        return Finds((), ())
    messages = _visible(places, search_index.newest_numbers(wanted, limit + 1))
    return Finds(messages, _shown(actor, places, messages[:limit]))


def _places(actor: Actor, query: SearchQuery) -> Mapping[str, Place]:
    readable = Conversation.id.in_(access.readable_ids(actor))
    if query.places:
        readable = Conversation.id.in_(_named(actor, query.places))
    rows = session().execute(select(Conversation.id, Conversation.kind, Conversation.last_seq).where(readable)).all()
    firsts: dict[tuple[str, str], int] = {}
    for name in {kind for _, kind, _ in rows}:
        ids = [id_ for id_, kind, _ in rows if kind == name]
        firsts.update(kinds()[name].visible_from_seqs(ids, [actor.account_id]))
    return {id_: Place(last_seq, firsts.get((id_, actor.account_id), 1)) for id_, _, last_seq in rows}


def _named(actor: Actor, names: Sequence[str]) -> Sequence[str]:
    conversations = session().scalars(select(Conversation).where(Conversation.id.in_(access.readable_ids(actor)))).all()
    rosters = people.rosters(conversations)
    wanted = [name.casefold().removeprefix("@").removeprefix("#") for name in names]

    def fits(one: Conversation) -> bool:
        others = [person.name for person in rosters[one.id].people if person.account_id != actor.account_id]
        own_names = [one.id, one.name or "", one.kind, *(others if not one.name else [])]
        return any(want in name.casefold() for want in wanted for name in own_names)

    return [one.id for one in conversations if fits(one)]


def _wanted(actor: Actor, query: SearchQuery, places: Mapping[str, Place], after_id: str | None) -> Wanted | None:
    groups = _groups(query)
    if query.people:
        authors = _authors(actor, query.people)
        groups.append([Word(search_terms.mark(account_id)) for account_id in authors])
    asks_nothing = not groups and not query.places and query.since_at is None and query.before_at is None
    if asks_nothing or not places or not all(groups):
        return None
    return Wanted(
        groups=tuple(tuple(group) for group in groups),
        conversation_ids=tuple(places),
        messages_count=sum(place.last_seq for place in places.values()),
        phrases=tuple(filter(None, (" ".join(search_terms.words(phrase)) for phrase in query.phrases))),
        since_at=query.since_at,
        before_at=query.before_at,
        before_number=_number_of(after_id),
        first_seqs=tuple((id_, place.first_seq) for id_, place in places.items() if place.first_seq > 1),
    )


def _groups(query: SearchQuery) -> list[list[Word]]:
    typed = [word for text in query.words for word in search_terms.words(text)]
    quoted = [word for phrase in query.phrases for word in search_terms.words(phrase)]
    groups = [[_word(word)] for word in typed[: search_query.WORDS_MAX]]
    groups += [[Word(word)] for word in quoted[: search_query.WORDS_MAX]]
    groups += [[Word(search_terms.LINK)]] if query.has_link else []
    groups += [[Word(search_terms.QUESTION)]] if query.is_question else []
    if (query.words or query.phrases) and not typed and not quoted:
        groups.append([])  # nothing of what was typed is a word: nothing can be found
    return groups


def _word(word: str) -> Word:
    is_one_character = search_terms.is_unparted(word) and len(word) == 1
    return Word(word, is_start=is_one_character or len(word) >= START_MIN)


def _authors(actor: Actor, names: Sequence[str]) -> list[str]:
    folded = [name.casefold() for name in names]
    if "me" in folded:
        return [actor.account_id]
    fits: list[ColumnElement[bool]] = [Account.id.in_(names)]
    fits += [func.lower(Account.name).startswith(name, autoescape=True) for name in folded]
    fits += [Account.name.startswith(name, autoescape=True) for name in names]
    rows = select(Account.id).where(Account.install_id == actor.install_id, or_(*fits)).order_by(Account.id)
    return list(session().scalars(rows.limit(PEOPLE_MAX)))


def _number_of(message_id: str | None) -> int | None:
    if message_id is None:
        return None
    return session().scalar(select(Message.number).where(Message.id == message_id)) or 0


def _visible(places: Mapping[str, Place], numbers: Sequence[int]) -> Sequence[Message]:
    """Load the finds once more by the rules of reading, whatever the index says."""
    if not numbers:
        return ()
    found = select(Message).where(Message.number.in_(numbers), Message.deleted_at.is_(None))
    found = found.where(Message.conversation_id.in_(places)).order_by(Message.number.desc())
    return [row for row in session().scalars(found) if row.seq >= places[row.conversation_id].first_seq]


def _shown(actor: Actor, places: Mapping[str, Place], messages: Sequence[Message]) -> list[View]:
    around = _around(places, messages)
    shown = views.message_views(messages, actor.account_id)
    ids = {row.conversation_id for row in messages}
    conversations = session().scalars(select(Conversation).where(Conversation.id.in_(ids))).all()
    rosters = people.rosters(conversations)
    by_id = {one.id: views.conversation_view(one, rosters[one.id]) for one in conversations}
    return [
        {
            "message": view,
            "conversation": by_id[row.conversation_id],
            "before": [line for line in around[row.conversation_id] if row.seq - AROUND <= line["seq"] < row.seq],
            "after": [line for line in around[row.conversation_id] if row.seq < line["seq"] <= row.seq + AROUND],
        }
        for row, view in zip(messages, shown, strict=True)
    ]


def _around(places: Mapping[str, Place], messages: Sequence[Message]) -> Mapping[str, list[View]]:
    lines: dict[str, list[View]] = defaultdict(list)
    if not messages:
        return lines
    near = [
        and_(
            Message.conversation_id == row.conversation_id,
            Message.seq >= max(row.seq - AROUND, places[row.conversation_id].first_seq),
            Message.seq <= row.seq + AROUND,
        )
        for row in messages
    ]
    rows = session().scalars(select(Message).where(or_(*near)).order_by(Message.conversation_id, Message.seq)).all()
    for row, view in zip(rows, views.quote_views(rows), strict=True):
        lines[row.conversation_id].append(view)
    return lines
