"""Time as the core sees it."""

from __future__ import annotations

from sandbox.worlds.virtual.kernel import Kernel


class VirtualClock:
    """The Clock port: the kernel's time."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def now_us(self) -> int:
        """UTC in microseconds since 1970."""
        return self._kernel._now
