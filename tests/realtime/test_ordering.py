"""However batches arrive, each number goes out once and in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.realtime.ordering import SeqOrder


@given(last=st.integers(0, 1000), data=st.data())
def test_any_order_with_any_doubles_comes_out_sorted_and_once(last: int, data: st.DataObject) -> None:
    wanted = list(range(last + 1, last + 1 + data.draw(st.integers(0, 30))))
    stale = list(range(max(0, last - 3), last + 1))
    doubled = data.draw(st.lists(st.sampled_from(wanted + stale), max_size=20))
    arriving = data.draw(st.permutations(wanted + doubled))
    order: SeqOrder[str] = SeqOrder(last)
    out = [pair for seq in arriving for pair in order.offer(seq, f"frame {seq}")]
    assert out == [(seq, f"frame {seq}") for seq in wanted]
    assert not order.has_hole and order.last == last + len(wanted)


@given(seqs=st.lists(st.integers(1, 40), max_size=60))
def test_nothing_overtakes_a_hole(seqs: list[int]) -> None:
    order: SeqOrder[int] = SeqOrder(0)
    out: list[int] = []
    for seq in seqs:
        out += [number for number, _ in order.offer(seq, seq)]
        assert out == list(range(1, len(out) + 1))
        assert order.has_hole == (order.highest > order.last)


@given(seqs=st.sets(st.integers(1, 40), min_size=1))
def test_a_hole_given_up_leaves_everything_else_in_order(seqs: set[int]) -> None:
    order: SeqOrder[int] = SeqOrder(0)
    out = [number for seq in sorted(seqs, reverse=True) for number, _ in order.offer(seq, seq)]
    while order.has_hole:
        skipped = [number for number, _ in order.skip_hole()]
        assert skipped
        out += skipped
    assert out == sorted(seqs)
    assert order.skip_hole() == [] and order.last == max(seqs)
