"""Percentiles of what was observed: nearest rank, so that each is a value that occurred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def percentile(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that `percent` in a hundred of `ordered` (ascending) do not exceed; None of nothing."""
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]


def scaled(values: Iterable[int], percent: int, unit: int) -> float | None:
    """The percentile in units of `unit`, to three decimals."""
    found = percentile(sorted(values), percent)
    return None if found is None else round(found / unit, 3)
