"""Words as the full-text index knows them: folded alike on every database, for what is written and what is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: A longer word is cut: nobody types more than that to find it.
WORD_MAX = 64
#: Marks begin with a character that no word of a text can have.
LINK, QUESTION = "_link", "_question"

#: Accents of European scripts and the vowel marks of Arabic and Hebrew, which people leave out when they type.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652]")
#: Scripts that part no words: Japanese kana and Han characters.
_UNPARTED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_QUESTION_MARKS = re.compile(r"[?\u061f\uff1f\u037e](?:\s|$|[)\"'\u201d\u00bb*_~])")


def words(text: str) -> list[str]:
    """Return the words of a text in order; runs of unparted scripts become pairs of characters and the last one."""
    return list(_words(text))


def _words(text: str) -> Iterator[str]:
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFC", folded)
    for run in "".join(char if _is_letter(char) else " " for char in folded).split():
        yield from _split(run)


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"


def _split(run: str) -> Iterator[str]:
    position = 0
    for unparted in _UNPARTED.finditer(run):
        if unparted.start() > position:
            yield run[position : unparted.start()][:WORD_MAX]
        letters = unparted.group()
        yield from (letters[at : at + 2] for at in range(len(letters)))
        position = unparted.end()
    if position < len(run):
        yield run[position:][:WORD_MAX]


def is_unparted(word: str) -> bool:
    """Whether the word comes from a script that parts no words."""
    return bool(_UNPARTED.fullmatch(word))


def mark(id_: str) -> str:
    """Return the word under which an id is indexed."""
    return f"_{id_}"


def asks(text: str) -> bool:
    """Whether the text asks something: a question mark ends a word."""
    return bool(_QUESTION_MARKS.search(text))


def search_text(text: str, *, conversation_id: str, author_id: str | None, has_link: bool) -> str:
    """Return what the index reads of a message: its marks, then its words."""
    marks = [mark(conversation_id)]
    marks += [mark(author_id)] if author_id else []
    marks += [LINK] if has_link else []
    marks += [QUESTION] if asks(text) else []
    return " ".join([*marks, *words(text)])
