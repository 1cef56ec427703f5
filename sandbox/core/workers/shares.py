"""Fair shares: how many partitions each worker has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

LEADER: Final = 0
"""Whoever holds this partition does the periodic jobs: asks, reconciles, publishes, tells."""


def fair_share(name: str, present: Collection[str], expected: int, partitions: int) -> int:
    """How many of the `partitions` the worker `name` should have, of those `present` or still `expected`.

    Shares differ by one at most; the names that sort first have the larger ones.
    """
    workers = max(len(present), expected)
    rank = sorted(present).index(name)
    return partitions // workers + (rank < partitions % workers)


def surplus(held: Iterable[int], share: int) -> list[int]:
    """What to give back of the partitions `held`: the highest numbers, never the leader's."""
    mine = sorted(held, reverse=True)
    return [partition for partition in mine if partition != LEADER][: max(0, len(mine) - share)]
