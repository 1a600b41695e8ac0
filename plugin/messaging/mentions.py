"""Who a text calls by name: members only, @hosts and @speakers, and @here and @all from moderators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from plugin.accounts.models import Account
from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.messaging.errors import TooManyPeopleError
from plugin.messaging.kinds import CALLED_MAX, kind_of
from plugin.messaging.models import Conversation

MENTIONS_MAX = 20
NAME_WORDS_MAX = 4  # as in the expression below
GROUP_WORDS = ("hosts", "speakers")
#: These call everybody (who is here).
CALL_WORDS = ("all", "here")

_AFTER_AT = re.compile(r"(?<!\w)@([^\s@]+(?:[ ][^\s@]+){0,3})")
_TRAILING = ".,;:!?)]}\"'*_~`»”’"


@dataclass(frozen=True)
class Mention:
    """One name as it was typed, and whom it means: an account, or a group word."""

    typed: str
    account_id: str | None = None
    group: str | None = None

    def view(self) -> dict[str, Any]:
        """Return what is stored and shown."""
        if self.group:
            return {"group": self.group}
        return {"account_id": self.account_id, "name": self.typed}


def found_in(text: str, conversation: Conversation, actor: Actor | None) -> list[Mention]:
    """Return the mentions in a text; a name nobody here has is only text. ``actor`` is None for the house."""
    candidates = _candidates(text)
    if not candidates:
        return []
    groups = [word for word in (*GROUP_WORDS, *CALL_WORDS) if word in candidates]
    kept = [Mention(word, group=word) for word in groups if _may_call(word, conversation, actor)]
    return [*kept, *_people(sorted(candidates - set(groups)), conversation)][:MENTIONS_MAX]


def spelled(mentions: Sequence[Mention]) -> Mapping[str, str | None]:
    """Return names as typed and the accounts they mean, for the token tree."""
    return {mention.typed: mention.account_id for mention in mentions}


def _candidates(text: str) -> set[str]:
    found = [name for match in _AFTER_AT.finditer(text) for name in _beginnings(match.group(1))]
    return set(found[: MENTIONS_MAX * NAME_WORDS_MAX])


def _beginnings(words: str) -> Iterator[str]:
    parts = words.split(" ")
    for count in range(1, len(parts) + 1):
        yield " ".join(parts[:count]).rstrip(_TRAILING)


def _may_call(word: str, conversation: Conversation, actor: Actor | None) -> bool:
    kind = kind_of(conversation)
    if word in GROUP_WORDS:
        return kind.group(conversation, word) is not None
    if actor is None or not kind.may_moderate(actor, conversation):
        return False
    if _count(conversation) > CALLED_MAX:
        raise TooManyPeopleError()
    return True


def _count(conversation: Conversation) -> int:
    if conversation.members_count is not None:
        return conversation.members_count
    members = kind_of(conversation).people([conversation.id]).subquery()
    return session().scalar(select(func.count()).select_from(members)) or 0


def _people(names: Sequence[str], conversation: Conversation) -> list[Mention]:
    names = [name for name in names if name]
    if not names:
        return []
    members = kind_of(conversation).people([conversation.id]).subquery()
    folded = {name.casefold(): name for name in names}
    called = or_(Account.name.in_(names), func.lower(Account.name).in_(folded))
    rows = session().execute(
        select(Account.id, Account.name).join(members, members.c[1] == Account.id).where(called).order_by(Account.id)
    )
    people = [(account_id, _as_typed(name, names, folded)) for account_id, name in rows]
    return [Mention(typed, account_id=account_id) for account_id, typed in people]


def _as_typed(name: str, names: Sequence[str], folded: Mapping[str, str]) -> str:
    return name if name in names else folded.get(name.casefold(), name)
