"""Delta debugging: what is left fails, and nothing can be taken from it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.hunt.shrinking.ddmin import minimised

Needs = frozenset[frozenset[int]]
"""Any of these sets is enough to fail."""


@given(st.integers(0, 40), st.frozensets(st.frozensets(st.integers(0, 39), max_size=6), min_size=1, max_size=3))
def test_the_result_fails_and_every_single_removal_passes(count: int, needs: Needs) -> None:
    def fails(parts: tuple[int, ...]) -> bool:
        return any(need <= set(parts) for need in needs)

    parts = tuple(range(count))
    if not fails(parts):
        return
    left = minimised(parts, fails)
    assert fails(left)
    assert list(left) == sorted(left)
    for part in left:
        assert not fails(tuple(other for other in left if other != part))


@given(st.integers(1, 60), st.data())
def test_what_needs_one_part_is_found_in_few_tries(count: int, data: st.DataObject) -> None:
    needed = data.draw(st.integers(0, count - 1))
    tries = []

    def fails(parts: tuple[int, ...]) -> bool:
        tries.append(parts)
        return needed in parts

    assert minimised(tuple(range(count)), fails) == (needed,)
    assert len(tries) <= 2 + 2 * count.bit_length() + 2
