"""Times in buckets that grow by two in a hundred: a few numbers for millions of calls, exact to one in a hundred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import exp, log
from typing import Final

_GROWTH: Final = log(1.02)


class Histogram:
    """Counts of times in microseconds. Histograms of several processes, or seconds, can be added up.

    A percentile is told by the middle of its bucket, at most 1% from the time that was measured. Times below a
    microsecond count as one.
    """

    __slots__ = ("buckets",)

    def __init__(self, buckets: Mapping[int, int] | None = None) -> None:
        self.buckets: Counter[int] = Counter(buckets)

    def add(self, time_us: float) -> None:
        """Count one."""
        self.buckets[int(log(max(time_us, 1.0)) / _GROWTH)] += 1

    def merge(self, other: Histogram) -> None:
        """Add all that another has counted."""
        self.buckets.update(other.buckets)

    @property
    def count(self) -> int:
        """How many were counted."""
        return self.buckets.total()

    def percentile_us(self, percent: float) -> float | None:
        """The time that `percent` in a hundred do not exceed, in microseconds; None where nothing was counted."""
        count = self.count
        if not count:
            return None
        rank, seen = max(-(-count * percent // 100), 1), 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= rank:
                return exp((bucket + 0.5) * _GROWTH)
        raise AssertionError("the ranks are those of the buckets")

    def as_json(self) -> dict[str, int]:
        """The buckets, as JSON has keys."""
        return {str(bucket): count for bucket, count in sorted(self.buckets.items())}

    @classmethod
    def from_json(cls, value: Mapping[str, int]) -> Histogram:
        """What `as_json` gave."""
        return cls({int(bucket): count for bucket, count in value.items()})
