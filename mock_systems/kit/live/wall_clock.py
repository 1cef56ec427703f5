"""The clock of a live system: its own time, which runs along the wall clock at a speed.

An anchor says "at this moment of the wall the clock showed that, and it runs so fast". Processes with the same anchor
show the same time without talking, and nothing adds up: each reading is reckoned from the anchor.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

SPEED_MOST: Final = 100_000.0
_READINGS: Final = 9


class ClockError(ValueError):
    """An anchor that can't be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """When the wall showed `wall_us` the clock showed `now_us` (both UTC, microseconds since 1970).

    It runs `speed` times as fast as the wall. Raises ClockError for a speed that can't be meant.
    """

    wall_us: int
    now_us: int
    speed: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.speed <= SPEED_MOST:
            raise ClockError(f"speed lies above 0 and is at most {SPEED_MOST:g} (got {self.speed:g})")


class WallClock:
    """A system's time. It never goes back by itself: the wall is read once, a steady clock from then on."""

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor
        self._wall_us, self._steady_us = _both_clocks()

    def wall_us(self) -> int:
        """UTC of the wall, in microseconds since 1970, as a steady clock goes on from the first reading."""
        return self._wall_us + time.monotonic_ns() // 1000 - self._steady_us

    def now_us(self) -> int:
        """UTC in the system's own world, in microseconds since 1970."""
        return self.at(self.wall_us())

    def at(self, wall_us: int) -> int:
        """What it shows at a moment of the wall."""
        return self._at(self.anchor, wall_us)

    def seconds(self, span_us: int) -> float:
        """How many seconds of the wall a span of the system's time takes."""
        return span_us / 1_000_000 / self.anchor.speed

    def set(self, anchor: Anchor) -> None:
        """Go by another anchor. Raises ClockError where that would turn the clock back."""
        back_us = self.now_us() - self._at(anchor, self.wall_us())
        if back_us > 0:
            raise ClockError(f"that would turn the clock back by {back_us} us: only a reset or a restore may do so")
        self.anchor = anchor

    def turn_to(self, now_us: int) -> Anchor:
        """Show `now_us` from now on, at the same speed, even if that lies in the past; the new anchor."""
        self.anchor = Anchor(self.wall_us(), now_us, self.anchor.speed)
        return self.anchor

    @staticmethod
    def _at(anchor: Anchor, wall_us: int) -> int:
        return anchor.now_us + int((wall_us - anchor.wall_us) * anchor.speed)


def _both_clocks() -> tuple[int, int]:
    """The wall and the steady clock at one moment, in microseconds.

    A process may be made to wait between two readings; processes must agree on the time all the same, so that reading
    is taken between whose two ends the least time has passed.
    """
    best = (1 << 62, 0, 0)
    for _ in range(_READINGS):
        before = time.monotonic_ns()
        wall = time.time_ns()
        after = time.monotonic_ns()
        best = min(best, (after - before, wall, (before + after) // 2))
    return best[1] // 1000, best[2] // 1000
