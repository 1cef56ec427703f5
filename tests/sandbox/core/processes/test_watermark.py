"""The watermark never passes an order that isn't known, whatever the order of arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.processes.watermark import Watermark


@given(st.permutations(range(1, 15)), st.integers(0, 14))
def test_it_is_the_length_of_the_prefix_that_is_known(arrivals: list[int], through: int) -> None:
    mark, known = Watermark(), set[int]()
    for place, seq in enumerate(arrivals):
        if place == 7:
            mark.know_through(through)
            known.update(range(1, through + 1))
        mark.know(seq)
        known.add(seq)
        prefix = next(n for n in range(16) if n + 1 not in known)
        assert mark.reached == prefix
        assert all(mark.knows(n) == (n in known) for n in range(1, 15))


def test_items_of_an_order_beyond_a_gap_are_published_anew_when_it_closes() -> None:
    mark = Watermark()
    assert mark.know(1, ["A"]) == []
    assert mark.know(3, ["B", "C"]) == []
    assert mark.know(5, ["E"]) == []
    assert mark.know(2, ["D"]) == ["B", "C"]
    assert mark.know_through(4) == ["E"]
