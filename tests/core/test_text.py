"""What people typed comes out readable, and nobody can pass for somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.core.text import clean_line, clean_text, skeleton


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Will  the\tbeta\nrun? ", "Will the beta run?"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("e\u0301", "é"),
        ("null\x00byte", "null byte"),
        (" \u200b \u00a0 ", ""),
        ("👩\u200d💻 works", "👩\u200d💻 works"),
    ],
)
def test_a_line_is_cleaned(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_single_blank_lines() -> None:
    assert clean_text("one\r\n\r\n\r\n\r\ntwo  words\rthree\n\n") == "one\n\ntwo words\nthree"


@pytest.mark.parametrize("name", ["Hana", "HANA", "Нana", "Ηаnа", "H a n a", "Ｈａｎａ", "H\u200ba-n.a"])
def test_look_alikes_of_a_name_share_its_skeleton(name: str) -> None:
    assert skeleton(name) == skeleton("Hana")


@pytest.mark.parametrize("name", ["Ana", "Hannah", "花", "Lina"])
def test_other_names_do_not(name: str) -> None:
    assert skeleton(name) != skeleton("Hana")


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    assert clean_line(clean_line(typed)) == clean_line(typed)
    assert clean_text(clean_text(typed)) == clean_text(typed)
