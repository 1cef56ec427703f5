"""Named random streams: a number depends on the seed and its name alone."""

from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams

names = st.lists(st.text(max_size=5) | st.integers() | st.none(), min_size=1, max_size=4)


@given(st.integers(), st.text(max_size=5), names, st.integers(0, 3))
def test_a_branch_gives_the_numbers_of_the_whole_name(seed: int, purpose: str, name: list[object], at: int) -> None:
    streams = Streams(seed)
    begin, end = name[: min(at, len(name) - 1)], name[min(at, len(name) - 1) :]
    branch, rest = streams.branch(purpose, *begin), "|".join(map(str, end))
    assert branch.number(rest) == streams.number(purpose, *name)
    assert branch.fraction(rest) == streams.fraction(purpose, *name)
