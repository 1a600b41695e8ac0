"""What goes through Redis comes out unchanged, and what is not ours is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.realtime import envelope, framing
from plugin.realtime.envelope import Entry, Kind

entries = st.builds(
    Entry, st.sampled_from(Kind), st.integers(0, 2**63 - 1), st.binary(max_size=300), st.text(max_size=40)
)


@given(st.lists(entries, max_size=8))
def test_a_message_comes_out_as_it_went_in(message: list[Entry]) -> None:
    assert list(envelope.unpack(envelope.pack(message))) == message


@given(st.lists(entries, min_size=1, max_size=3), st.data())
def test_a_message_cut_off_is_refused(message: list[Entry], data: st.DataObject) -> None:
    packed = envelope.pack(message)
    ends = [len(envelope.pack(message[:count])) for count in range(len(message) + 1)]
    cut = data.draw(st.sampled_from([size for size in range(len(packed)) if size not in ends]))
    with pytest.raises(ValueError, match="message"):
        list(envelope.unpack(packed[:cut]))


@given(st.text(max_size=70_000))
def test_a_framed_text_can_be_read_back(text: str) -> None:
    assert framing.frame_text(framing.text_frame(text)) == text


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_frame_sizes_at_the_borders(size: int) -> None:
    assert framing.frame_text(framing.text_frame("x" * size)) == "x" * size
