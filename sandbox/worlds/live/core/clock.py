"""Time in the live world: the machine's clock, or a faster one that runs along it."""

from __future__ import annotations

import time
from typing import Final

from mock_systems.kit.live.wall_clock import Anchor

UTC_AS_IT_IS: Final = Anchor(0, 0)


class WorldClock:
    """The Clock port: what this machine takes for UTC, seen through an anchor. As wrong as the machine's clock is.

    It is read anew each time, so that a laptop that has slept knows how late it is.
    """

    def __init__(self, anchor: Anchor = UTC_AS_IT_IS) -> None:
        self._anchor = anchor

    def now_us(self) -> int:
        """UTC in microseconds since 1970."""
        anchor = self._anchor
        past_us = time.time_ns() // 1000 - anchor.wall_us
        return anchor.now_us + (past_us if anchor.speed == 1.0 else int(past_us * anchor.speed))


class SteadyClock:
    """The Clock port that only measures: it never jumps, whatever becomes of UTC, and runs at the world's speed."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed

    def now_us(self) -> int:
        """Microseconds since some moment; only differences mean something."""
        now_us = time.monotonic_ns() // 1000
        return now_us if self._speed == 1.0 else int(now_us * self._speed)
