"""Of each figure at most twenty frames a second, the newest wins, and the last one always comes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.realtime.conflation import INTERVAL_SECONDS, Conflation

QUESTION = ("audience:ses_1", "qa.tallied qst_1")
OTHER = ("audience:ses_1", "qa.tallied qst_2")


@given(st.lists(st.tuples(st.floats(0, 0.03), st.integers(0, 200)), min_size=1, max_size=100))
def test_the_newest_figure_ends_every_burst_and_none_comes_too_often(steps: list[tuple[float, int]]) -> None:
    conflation, now, sent = Conflation(), 100.0, []
    for pause, stamp in steps:
        now += pause
        sent += [(now, frame) for _, frame in conflation.due(now)]
        if (frame := conflation.offer(QUESTION, stamp, b"%d" % stamp, now)) is not None:
            sent.append((now, frame))
    while conflation.is_waiting:
        now += INTERVAL_SECONDS / 2
        sent += [(now, frame) for _, frame in conflation.due(now)]
    stamps = [int(frame) for _, frame in sent]
    assert stamps == sorted(stamps)
    assert stamps[-1] == max(stamp for _, stamp in steps)
    gaps = [later - earlier for (earlier, _), (later, _) in zip(sent, sent[1:], strict=False)]
    assert all(gap >= INTERVAL_SECONDS - 1e-9 for gap in gaps)


def test_figures_do_not_hold_one_another_up() -> None:
    conflation = Conflation()
    assert conflation.offer(QUESTION, 1, b"a", 0.0) == b"a"
    assert conflation.offer(OTHER, 1, b"b", 0.0) == b"b"
    assert conflation.offer(QUESTION, 2, b"c", 0.01) is None
    assert conflation.due(0.02) == []
    assert conflation.due(0.06) == [(QUESTION, b"c")]
    conflation.forget_old(1000.0)
    assert conflation.offer(QUESTION, 1, b"d", 1000.0) == b"d"
