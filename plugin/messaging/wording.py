"""What may stand in a message: how long it is, how it is cleaned, what one emoji is, which cards it carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from plugin.core.text import clean_text
from plugin.messaging.errors import BadEmojiError, EmptyMessageError, TooLongError

TEXT_MAX = 4000
HEAD_MAX = 160
CARDS_MAX = 5

_SYMBOL = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ONE = f"{_SYMBOL}\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*|[\U0001f3fb-\U0001f3ff])"
)
EMOJI_MAX = 20


def clean_message(text: str, *, may_be_empty: bool = False) -> str:
    """Return the text as it is kept; refuse what is empty or too long."""
    cleaned = clean_text(text)
    if not cleaned and not may_be_empty:
        raise EmptyMessageError()
    if len(cleaned) > TEXT_MAX:
        raise TooLongError(
            f"A message has at most {TEXT_MAX} characters; this has {len(cleaned)}.",
            fields={"text": [f"At most {TEXT_MAX} characters."]},
        )
    return cleaned


def clean_emoji(emoji: str) -> str:
    """Return the one emoji; refuse anything else."""
    if len(emoji) > EMOJI_MAX or not _EMOJI.fullmatch(emoji):
        raise BadEmojiError()
    return emoji


def head(text: str) -> str:
    """Return the beginning of a plain text, cut at a character."""
    return text if len(text) <= HEAD_MAX else text[: HEAD_MAX - 1].rstrip() + "…"


def cards_of(cards: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return cards with nothing in them but a type and an id."""
    return [{"type": card["type"], "id": card["id"]} for card in cards or ()]
