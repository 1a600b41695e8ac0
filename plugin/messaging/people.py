"""Who is in conversations: the first fifteen by name, and how many; the number of queries does not grow with either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, func, select

from plugin.accounts.models import Account
from plugin.core.database import session
from plugin.messaging.kinds import LISTED_MAX, ConversationKind, kinds
from plugin.messaging.models import Conversation


@dataclass(frozen=True)
class Person:
    """One reader of a conversation."""

    account_id: str
    name: str
    role: str


@dataclass(frozen=True)
class Roster:
    """Who may read a conversation; ``people`` is empty when there are more than fifteen."""

    people: tuple[Person, ...] = ()
    count: int = 0

    @property
    def is_small(self) -> bool:
        """Whether everybody in it is told on their own channel."""
        return self.count <= LISTED_MAX


def rosters(conversations: Sequence[Conversation]) -> Mapping[str, Roster]:
    """Return the roster of each conversation: one query for each kind."""
    counts = {one.id: one.members_count or 0 for one in conversations}
    large = {id_: Roster((), count) for id_, count in counts.items() if count > LISTED_MAX}
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in conversations:
        if one.id not in large:
            by_kind[one.kind].append(one.id)
    found: dict[str, Roster] = {one.id: Roster() for one in conversations} | large
    for name, ids in by_kind.items():
        found |= _listed(kinds()[name], ids)
    return found


def _listed(kind: ConversationKind, ids: Sequence[str]) -> Mapping[str, Roster]:
    members = kind.people(ids).subquery()
    conversation_id, account_id, role = members.c
    place = func.row_number().over(partition_by=conversation_id, order_by=(Account.created_at, Account.id))
    count = func.count().over(partition_by=conversation_id)
    ranked = select(
        conversation_id.label("conversation_id"),
        account_id.label("account_id"),
        role.label("role"),
        Account.name.label("name"),
        place.label("place"),
        count.label("count"),
    ).join(Account, Account.id == account_id)
    rows = ranked.subquery()
    shown = select(rows).where(rows.c.place <= LISTED_MAX).order_by(rows.c.conversation_id, rows.c.place)
    return _gathered(session().execute(shown).mappings())


def _gathered(rows: Iterable[RowMapping]) -> Mapping[str, Roster]:
    people: dict[str, list[Person]] = defaultdict(list)
    counts: dict[str, int] = {}
    for row in rows:
        people[row["conversation_id"]].append(Person(row["account_id"], row["name"], row["role"]))
        counts[row["conversation_id"]] = row["count"]
    small = {id_: tuple(found) if counts[id_] <= LISTED_MAX else () for id_, found in people.items()}
    return {id_: Roster(found, counts[id_]) for id_, found in small.items()}


def roster(conversation: Conversation) -> Roster:
    """Return who is in one conversation."""
    return rosters([conversation])[conversation.id]


def names_of(account_ids: Iterable[str | None]) -> Mapping[str, str]:
    """Return the names of accounts."""
    wanted = {account_id for account_id in account_ids if account_id}
    if not wanted:
        return {}
    rows = session().execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {account_id: name for account_id, name in rows}
