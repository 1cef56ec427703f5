"""How much went over the wire to one system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_SECOND: Final = 1_000_000


@dataclass(slots=True)
class Traffic:
    """Calls made, how they ended, how many are in flight now and at most, and the most in one calendar second.

    `abandoned` calls were given up by their caller, or lost it in a power cut.
    """

    calls: int = 0
    replies: int = 0
    timeouts: int = 0
    refused: int = 0
    broken: int = 0
    abandoned: int = 0
    in_flight: int = 0
    in_flight_peak: int = 0
    peak_per_second: int = 0
    _second: int = field(default=-1, repr=False)
    _in_second: int = field(default=0, repr=False)

    def begin(self, now_us: int) -> None:
        """A call leaves its caller."""
        self.calls += 1
        self.in_flight += 1
        if self.in_flight > self.in_flight_peak:
            self.in_flight_peak = self.in_flight
        second = now_us // _SECOND
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        if self._in_second > self.peak_per_second:
            self.peak_per_second = self._in_second
