"""The full-text index over messages: made by hand on SQLite (FTS5) and Postgres (tsvector), asked by one function.

Everything it makes is named ``message_search…``; SQLAlchemy and Alembic do not know these names (`is_index_name`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from plugin.core.database import UtcDateTime, session
from plugin.messaging import search_terms

NAME = "message_search"
#: So many messages are read through faster than any index could combine frequent words.
SCANNED_MAX = 10_000
#: With more conversations than this the index is asked for the words alone.
MARKED_MAX = 8

_VECTOR = "array_to_tsvector(string_to_array(search_text, ' '))"

#: ``search_text`` holds ready words parted by spaces, so the plainest tokenizer on each database does.
_SQLITE = (
    "CREATE VIRTUAL TABLE message_search USING fts5("
    "search_text, content='messages', content_rowid='number', "
    "tokenize=\"ascii tokenchars '_'\", prefix='4 5 6', columnsize=0, detail=none)",
    "CREATE TRIGGER message_search_added AFTER INSERT ON messages WHEN new.search_text <> '' BEGIN "
    "INSERT INTO message_search(rowid, search_text) VALUES (new.number, new.search_text); END",
    "CREATE TRIGGER message_search_changed AFTER UPDATE OF search_text ON messages "
    "WHEN new.search_text <> old.search_text BEGIN "
    "INSERT INTO message_search(message_search, rowid, search_text) "
    "VALUES ('delete', old.number, old.search_text); "
    "INSERT INTO message_search(rowid, search_text) VALUES (new.number, new.search_text); END",
    "CREATE TRIGGER message_search_removed AFTER DELETE ON messages WHEN old.search_text <> '' BEGIN "
    "INSERT INTO message_search(message_search, rowid, search_text) "
    "VALUES ('delete', old.number, old.search_text); END",
)
_POSTGRES = (f"CREATE INDEX message_search ON messages USING gin ({_VECTOR})",)
_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS message_search_added",
    "DROP TRIGGER IF EXISTS message_search_changed",
    "DROP TRIGGER IF EXISTS message_search_removed",
    "DROP TABLE IF EXISTS message_search",
)
_POSTGRES_DROP = ("DROP INDEX IF EXISTS message_search",)


def create(connection: Connection) -> None:
    """Make the index over an existing ``messages`` table; a revision calls ``create(op.get_bind())``."""
    for statement in _SQLITE if _is_sqlite(connection) else _POSTGRES:
        connection.exec_driver_sql(statement)
    if _is_sqlite(connection):
        connection.exec_driver_sql("INSERT INTO message_search(message_search) VALUES ('rebuild')")


def drop(connection: Connection) -> None:
    """Take the index away; call it before ``messages`` is dropped, or copied by a batch migration."""
    for statement in _SQLITE_DROP if _is_sqlite(connection) else _POSTGRES_DROP:
        connection.exec_driver_sql(statement)


def after_create(_table: object, connection: Connection, **_: Any) -> None:
    """Make the index along with a table that ``create_all`` made."""
    create(connection)


def before_drop(_table: object, connection: Connection, **_: Any) -> None:
    """Take the index away before ``drop_all`` drops the table."""
    drop(connection)


def is_index_name(name: str | None) -> bool:
    """Whether a table or index belongs to this file, so that Alembic leaves it alone."""
    return bool(name) and str(name).startswith(NAME)


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


@dataclass(frozen=True)
class Word:
    """One word to be found; ``is_start`` also finds longer words that begin with it."""

    letters: str
    is_start: bool = False


@dataclass(frozen=True)
class Wanted:
    """What to look for: each group asks for at least one of its words; ``phrases`` must stand as they are.

    ``messages_count`` is about how many messages there are in the conversations.
    """

    groups: tuple[tuple[Word, ...], ...]
    conversation_ids: tuple[str, ...]
    messages_count: int
    phrases: tuple[str, ...] = ()
    since_at: datetime | None = None
    before_at: datetime | None = None
    before_number: int | None = None
    #: Conversations of which the searcher sees only the messages from this ``seq`` on.
    first_seqs: tuple[tuple[str, int], ...] = ()


def newest_numbers(wanted: Wanted, limit: int) -> Sequence[int]:
    """Return the numbers of the messages that fit, newest first.

    Few messages are read through, which costs the same whatever is asked. Among many the index leads: with a mark for
    each conversation if these are few (an OR of many marks costs more than looking at the finds), else by the words.
    """
    is_sqlite = _is_sqlite(session().connection())
    if wanted.messages_count <= SCANNED_MAX or not wanted.groups:
        head, order, fits = _scanning(wanted, is_sqlite)
    else:
        head, order, fits = _indexed(wanted, is_sqlite)
    common = _common(wanted, is_sqlite)
    wheres = " AND ".join([*fits.sql, *common.sql])
    statement = text(f"{head} WHERE {wheres} ORDER BY {order} DESC LIMIT :limit")  # noqa: S608  # all parts are ours
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    statement = statement.bindparams(ids)
    values = fits.values | common.values | {"ids": wanted.conversation_ids, "limit": limit}
    for name in {"since", "before"} & set(values):
        statement = statement.bindparams(bindparam(name, type_=UtcDateTime()))
    return [row[0] for row in session().execute(statement, values)]


@dataclass
class Conditions:
    """Pieces of SQL and the values they take."""

    sql: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, sql: str, **values: Any) -> None:
        """Add one condition."""
        self.sql.append(sql)
        self.values |= values


def _scanning(wanted: Wanted, is_sqlite: bool) -> tuple[str, str, Conditions]:
    fits = Conditions()
    for place, group in enumerate(wanted.groups):
        names = {f"w{place}_{at}": f" {word.letters}" + ("" if word.is_start else " ") for at, word in enumerate(group)}
        fits.add("(" + " OR ".join(_contains(name, is_sqlite) for name in names) + ")", **names)
    # "+ 0" keeps the planner from walking through everybody's messages in this order.
    return "SELECT m.number FROM messages m", "m.number + 0", fits


def _contains(name: str, is_sqlite: bool) -> str:
    function = "instr" if is_sqlite else "strpos"
    return f"{function}(' ' || m.search_text || ' ', :{name}) > 0"


def _indexed(wanted: Wanted, is_sqlite: bool) -> tuple[str, str, Conditions]:
    groups = wanted.groups
    if len(wanted.conversation_ids) <= MARKED_MAX:
        groups = (*groups, tuple(Word(search_terms.mark(id_)) for id_ in wanted.conversation_ids))
    fits = Conditions()
    if is_sqlite:  # CROSS JOIN: the index leads, whatever the planner thinks
        fits.add("f.message_search MATCH :query", query=_fts5_query(groups))
        return "SELECT m.number FROM message_search f CROSS JOIN messages m ON m.number = f.rowid", "f.rowid", fits
    vector = "array_to_tsvector(string_to_array(m.search_text, ' '))"
    fits.add(f"{vector} @@ CAST(:query AS tsquery)", query=_tsquery(groups))
    return "SELECT m.number FROM messages m", "m.number", fits


def _common(wanted: Wanted, is_sqlite: bool) -> Conditions:
    found = Conditions(["m.conversation_id IN :ids", "m.deleted_at IS NULL"])
    if wanted.since_at:
        found.add("m.created_at >= :since", since=wanted.since_at)
    if wanted.before_at:
        found.add("m.created_at < :before", before=wanted.before_at)
    if wanted.before_number is not None:
        found.add("m.number < :number", number=wanted.before_number)
    for place, (conversation_id, first_seq) in enumerate(wanted.first_seqs):
        hidden = {f"place{place}": conversation_id, f"first{place}": first_seq}
        found.add(f"(m.conversation_id <> :place{place} OR m.seq >= :first{place})", **hidden)
    for place, phrase in enumerate(wanted.phrases):
        found.add(_contains(f"phrase{place}", is_sqlite), **{f"phrase{place}": f" {phrase} "})
    return found


def _fts5_query(groups: Sequence[Sequence[Word]]) -> str:
    return " AND ".join("(" + " OR ".join(_fts5_word(word) for word in group) + ")" for group in groups)


def _fts5_word(word: Word) -> str:
    return f'"{word.letters}"' + ("*" if word.is_start else "")


def _tsquery(groups: Sequence[Sequence[Word]]) -> str:
    return " & ".join("(" + " | ".join(_tsquery_word(word) for word in group) + ")" for group in groups)


def _tsquery_word(word: Word) -> str:
    return f"'{word.letters}'" + (":*" if word.is_start else "")
