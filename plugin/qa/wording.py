"""The text of a question: cleaned, counted and, where it does not fit, refused with a sentence."""

from __future__ import annotations

from plugin.core.errors import InvalidError
from plugin.core.text import clean_text

MIN_LENGTH = 3
MAX_LENGTH = 300


def clean(text: str) -> str:
    """Return the text to keep; its length counts after cleaning, so that spaces alone ask nothing."""
    cleaned = clean_text(text)
    if not cleaned:
        raise _refused("Write your question first: there is nothing in it yet.", "text_empty")
    if len(cleaned) < MIN_LENGTH:
        raise _refused(f"A question has at least {MIN_LENGTH} characters.", "text_too_short")
    if len(cleaned) > MAX_LENGTH:
        over = len(cleaned) - MAX_LENGTH
        raise _refused(f"A question has at most {MAX_LENGTH} characters; this is {over} too long.", "text_too_long")
    return cleaned


def _refused(sentence: str, code: str) -> InvalidError:
    return InvalidError(sentence, code=code, fields={"text": [sentence]})
