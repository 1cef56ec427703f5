"""Limits of a system: slots, calls a minute, and the time that a call takes.

Nothing here makes a kernel event: a slot is busy until the moment at which its reply leaves, and those
moments are kept in a heap.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import exp, log
from statistics import NormalDist
from typing import Final

from mock_systems.kit.physics import MINUTE, SECOND
from mock_systems.kit.streams import Streams

_NORMAL: Final = NormalDist()


class Slots:
    """Concurrent calls: `most` of them are granted (None: no bound), the next is refused at once."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.peak = 0
        self._leave_us: list[int] = []

    def in_flight(self, now_us: int) -> int:
        """How many calls are being served."""
        leave_us = self._leave_us
        while leave_us and leave_us[0] <= now_us:
            heappop(leave_us)
        return len(leave_us)

    def full(self, now_us: int) -> bool:
        """Whether the next call must be refused."""
        most = self.most
        # Those who have left are counted out only when it matters.
        return most is not None and len(self._leave_us) >= most and self.in_flight(now_us) >= most

    def take(self, until_us: int, now_us: int) -> None:
        """Hold one slot from `now_us` until `until_us`."""
        leave_us = self._leave_us
        heappush(leave_us, until_us)
        if len(leave_us) > self.peak:
            self.peak = max(self.peak, self.in_flight(now_us))


class MinuteRate:
    """Calls in each calendar minute: `most` are granted (None: no bound)."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.peak = 0
        self.this_minute = 0
        self._minute = -1

    def count(self, now_us: int) -> None:
        """One more call has arrived."""
        minute = now_us // MINUTE
        if minute != self._minute:
            self._minute, self.this_minute = minute, 0
        self.this_minute += 1
        if self.this_minute > self.peak:
            self.peak = self.this_minute

    def exceeded(self) -> bool:
        """Whether the call counted last is one too many."""
        return self.most is not None and self.this_minute > self.most

    def headers(self, now_us: int) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`: what is granted, what remains, seconds until it starts afresh."""
        assert self.most is not None
        remaining = max(0, self.most - self.this_minute)
        return {
            "ratelimit-policy": f'"minute";q={self.most};w=60',
            "ratelimit": f'"minute";r={remaining};t={self.resets_in_s(now_us)}',
        }

    def resets_in_s(self, now_us: int) -> int:
        """Whole seconds until the next minute begins, rounded up."""
        return -(-(MINUTE - now_us % MINUTE) // SECOND)


class ServiceTime:
    """How long a call takes: lognormal around its mean, drawn by hashing the call's name.

    So one more call of one order shifts the times of no other.
    """

    def __init__(self, mean_ms: float, sigma: float, streams: Streams) -> None:
        self._mean_us = round(mean_ms * 1000)
        self._sigma = sigma if self._mean_us else 0.0
        self._mu = log(mean_ms * 1000) - sigma**2 / 2 if self._sigma else 0.0
        self._fraction = streams.branch("service").fraction

    def draw_us(self, system: str, operation: str, order: str | None, ordinal: int) -> int:
        """The service time of the `ordinal`-th call of this operation for this order."""
        if not self._sigma:
            return self._mean_us
        fraction = self._fraction(f"{system}|{operation}|{order}|{ordinal}")
        # The smallest step a fraction has is 2**-64; zero itself has no quantile.
        return int(exp(self._mu + self._sigma * _NORMAL.inv_cdf(fraction or 2**-64)))
