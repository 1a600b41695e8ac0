"""What people typed, made safe to keep: normal form, no invisible tricks, counted in characters people see."""

from __future__ import annotations

import unicodedata

from confusable_homoglyphs import confusables

#: Direction overrides and invisible characters that can turn a name or a question into something else.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF]
    + list(range(0x202A, 0x202F))
    + list(range(0x2066, 0x206A))
)


def clean_line(text: str) -> str:
    """Return one line: NFC, controls and invisible characters gone, white space folded and trimmed."""
    return " ".join(_without_controls(text, keep="").split())


def clean_text(text: str) -> str:
    """Return text that keeps its line breaks (at most two in a row), otherwise as `clean_line`."""
    lines = [" ".join(line.split()) for line in _without_controls(text, keep="\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _without_controls(text: str, *, keep: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_INVISIBLE)
    return "".join(
        char if char in keep or unicodedata.category(char)[0] != "C" or char == "\u200d" else " " for char in text
    )


def skeleton(name: str) -> str:
    """Return what a name looks like: compatibility form, case folded, look-alike letters made Latin.

    Two names with the same skeleton can be taken for one another.
    """
    # Look-alikes are found before folding case: a Cyrillic capital En looks like H, its small letter does not.
    letters = [_latin_look_alike(char) for char in unicodedata.normalize("NFKC", name) if char.isalnum()]
    return "".join(letters).casefold()


def _latin_look_alike(char: str) -> str:
    if ord(char) < 128:
        return char
    for entry in confusables.is_confusable(char, preferred_aliases=["latin"]) or []:
        for glyph in entry["homoglyphs"]:
            if len(glyph["c"]) == 1 and ord(glyph["c"]) < 128:
                return str(glyph["c"])
    return char
