"""The full-text index over messages: made by hand on SQLite (FTS5) and Postgres (tsvector), asked by one function.

Everything it makes is named ``message_search…``; SQLAlchemy and Alembic do not know these names (`is_index_name`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from plugin.core.database import UtcDateTime, session

NAME = "message_search"

_VECTOR = "array_to_tsvector(string_to_array(search_text, ' '))"

#: ``search_text`` holds ready words parted by spaces, so the plainest tokenizer on each database does.
_SQLITE = (
    "CREATE VIRTUAL TABLE message_search USING fts5("
    "search_text, content='messages', content_rowid='number', "
    "tokenize=\"ascii tokenchars '_'\", columnsize=0, detail=none)",
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
    """What to look for: each group asks for at least one of its words; ``phrases`` must stand as they are."""

    groups: tuple[tuple[Word, ...], ...]
    conversation_ids: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    since_at: datetime | None = None
    before_at: datetime | None = None
    before_number: int | None = None
    #: Conversations of which the searcher sees only the messages from this ``seq`` on.
    first_seqs: tuple[tuple[str, int], ...] = ()


def newest_numbers(wanted: Wanted, limit: int) -> Sequence[int]:
    """Return the numbers of the messages that fit, newest first."""
    connection = session().connection()
    is_sqlite = _is_sqlite(connection)
    conditions, values = _conditions(wanted)
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    if is_sqlite:  # CROSS JOIN: the index leads, whatever the planner thinks
        head = "SELECT m.number FROM message_search f CROSS JOIN messages m ON m.number = f.rowid"
        fits, order, values["q"] = "f.message_search MATCH :q", "f.rowid", _fts5_query(wanted.groups)
    else:
        head = "SELECT m.number FROM messages m"
        fits, order = "array_to_tsvector(string_to_array(m.search_text, ' ')) @@ CAST(:q AS tsquery)", "m.number"
        values["q"] = _tsquery(wanted.groups)
    wheres = " AND ".join([fits, "m.conversation_id IN :ids", "m.deleted_at IS NULL", *conditions])
    statement = text(f"{head} WHERE {wheres} ORDER BY {order} DESC LIMIT :limit").bindparams(ids)  # noqa: S608
    for name in {"since", "before"} & set(values):
        statement = statement.bindparams(bindparam(name, type_=UtcDateTime()))
    return [row[0] for row in session().execute(statement, values | {"ids": wanted.conversation_ids, "limit": limit})]


def _conditions(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    conditions, values = [], dict[str, Any]()
    if wanted.since_at:
        conditions.append("m.created_at >= :since")
        values["since"] = wanted.since_at
    if wanted.before_at:
        conditions.append("m.created_at < :before")
        values["before"] = wanted.before_at
    if wanted.before_number is not None:
        conditions.append("m.number < :number")
        values["number"] = wanted.before_number
    for place, (conversation_id, first_seq) in enumerate(wanted.first_seqs):
        conditions.append(f"(m.conversation_id <> :place{place} OR m.seq >= :first{place})")
        values |= {f"place{place}": conversation_id, f"first{place}": first_seq}
    for place, phrase in enumerate(wanted.phrases):
        conditions.append(f"(' ' || m.search_text || ' ') LIKE :phrase{place}")
        values[f"phrase{place}"] = f"% {phrase} %"
    return conditions, values


def _fts5_query(groups: Sequence[Sequence[Word]]) -> str:
    return " AND ".join("(" + " OR ".join(_fts5_word(word) for word in group) + ")" for group in groups)


def _fts5_word(word: Word) -> str:
    return f'"{word.letters}"' + ("*" if word.is_start else "")


def _tsquery(groups: Sequence[Sequence[Word]]) -> str:
    return " & ".join("(" + " | ".join(_tsquery_word(word) for word in group) + ")" for group in groups)


def _tsquery_word(word: Word) -> str:
    return f"'{word.letters}'" + (":*" if word.is_start else "")
