"""Time as the core sees it."""

from __future__ import annotations

from sandbox.worlds.virtual.kernel import Kernel

_DAY_US = 86_400_000_000


class VirtualClock:
    """The Clock port: the kernel's time."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def now_us(self) -> int:
        """UTC in microseconds since 1970."""
        return self._kernel._now


class WrongClock:
    """A machine's own idea of UTC: off by an offset, and drifting. One for all that run on it; exact until set."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._offset_us = 0
        self._drift_us = 0
        self._set_at_us = 0

    def set(self, offset_us: int, drift_us: int) -> None:
        """Be `offset_us` ahead of the time now, and gain `drift_us` a day; both may be below zero."""
        self._offset_us, self._drift_us, self._set_at_us = offset_us, drift_us, self._kernel._now

    def now_us(self) -> int:
        """What it shows."""
        now_us = self._kernel._now
        if not self._drift_us:
            return now_us + self._offset_us
        return now_us + self._offset_us + self._drift_us * (now_us - self._set_at_us) // _DAY_US
