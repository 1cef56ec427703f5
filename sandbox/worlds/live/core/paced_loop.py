"""An event loop whose time runs faster than the wall's, so that the core's plain `asyncio` sleeps and deadlines do."""

from __future__ import annotations

import asyncio
import selectors

import uvloop


class _PacedSelector(selectors.DefaultSelector):
    """Waits for a shorter time than it is told."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready, within the loop's `timeout` in its own seconds."""
        return super().select(timeout and timeout / self._speed)


class PacedLoop(asyncio.SelectorEventLoop):
    """A second of this loop is 1 / `speed` of a second: for `asyncio.Runner(loop_factory=...)`."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        super().__init__(_PacedSelector(speed))

    def time(self) -> float:
        """The loop's own seconds."""
        return super().time() * self.speed


def wall_s(seconds: float) -> float:
    """So many seconds of the wall in those of the running loop: for what is not of the loop's world."""
    loop = asyncio.get_running_loop()
    return seconds * loop.speed if isinstance(loop, PacedLoop) else seconds


def new_loop(speed: float) -> asyncio.AbstractEventLoop:
    """A loop for a core whose world runs at this speed."""
    return uvloop.new_event_loop() if speed == 1.0 else PacedLoop(speed)
