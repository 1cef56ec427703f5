"""Fair shares of the partitions: everybody has some, nothing is left over, and the leader's stays where it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.workers.shares import LEADER, fair_share, surplus

NAMES = st.lists(st.integers(1, 30).map("core-{}".format), min_size=1, max_size=12, unique=True)


@given(NAMES, st.integers(1, 64))
def test_all_partitions_are_shared_out_as_evenly_as_can_be(names: list[str], partitions: int) -> None:
    shares = [fair_share(name, names, 1, partitions) for name in names]
    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1


@given(NAMES, st.integers(1, 20))
def test_room_is_kept_for_those_who_are_expected(names: list[str], expected: int) -> None:
    shares = [fair_share(name, names, expected, 64) for name in names]
    assert sum(shares) <= 64
    assert all(share <= -(-64 // max(expected, len(names))) for share in shares)


@given(st.sets(st.integers(0, 20)), st.integers(0, 21))
def test_what_is_given_back_is_never_the_leaders(held: set[int], share: int) -> None:
    given_back = surplus(held, share)
    assert LEADER not in given_back
    assert set(given_back) <= held
    assert len(held) - len(given_back) <= max(share, int(LEADER in held))
