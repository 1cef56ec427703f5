"""When a loaded run has settled: all orders have ended or wait for a person, and it has stayed so for a while."""

from __future__ import annotations

from typing import Final

QUIET_US: Final = 1_800_000_000
"""So long, by the systems' clock, nothing may come back."""


class Settling:
    """Is told what is seen; times are the systems' in microseconds, and the wall's in seconds."""

    def __init__(self, now_us: int, now_s: float) -> None:
        self._began_s = now_s
        self._quiet_since_us, self._quiet_since_s = now_us, now_s

    def look(self, now_us: int, now_s: float, is_idle: bool) -> bool:
        """Whether it has settled by now."""
        if not is_idle:
            self._quiet_since_us, self._quiet_since_s = now_us, now_s
        return now_us - self._quiet_since_us >= QUIET_US

    @property
    def took_s(self) -> float:
        """Seconds from the beginning until it last became quiet: the quiet while itself is not in it."""
        return round(self._quiet_since_s - self._began_s, 1)
