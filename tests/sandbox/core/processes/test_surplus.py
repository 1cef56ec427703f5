"""The surplus of a delivery: nothing gets lost when it is split, nothing is doubled when it is put together."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.processes.surplus import split, together

QUANTITIES = st.dictionaries(st.integers(1, 9), st.integers(1, 50), min_size=1)


def test_only_what_is_too_much_is_set_aside() -> None:
    lines = [(1, "A", 10), (2, "B", 12), (3, "C", 4)]
    covered, surplus = split(lines, {2: 1, 3: 9})
    assert covered == [(1, "A", 10), (2, "B", 11)]
    assert surplus == [(2, "B", 1), (3, "C", 4)]


def test_without_figures_all_of_it_is_set_aside() -> None:
    assert split([(1, "A", 10)], None) == ([], [(1, "A", 10)])


@given(QUANTITIES, st.dictionaries(st.integers(1, 9), st.integers(0, 60)))
def test_both_parts_are_the_whole(quantities: dict[int, int], over: dict[int, int]) -> None:
    lines = [(line, f"S{line}", quantity) for line, quantity in sorted(quantities.items())]
    covered, surplus = split(lines, over)
    assert together(covered, surplus) == lines
    assert all(quantity > 0 for _, _, quantity in covered + surplus)
    left: Counter[int] = Counter({line: quantity for line, _, quantity in surplus})
    assert all(left[line] == min(quantity, over.get(line, 0)) for line, quantity in quantities.items())
