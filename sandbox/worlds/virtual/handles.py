"""asyncio's handles, made cheaply; timers wait in the kernel's queue themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from sandbox.worlds.virtual.kernel import Entry

if TYPE_CHECKING:
    from sandbox.worlds.virtual.loop import VirtualLoop


class ReadyCall(asyncio.Handle):
    """A callback that runs at this instant."""

    __slots__ = ()
    _source_traceback = None
    _repr = None

    def __init__(self, callback: Callable[..., object], args: Any, loop: VirtualLoop, context: Context) -> None:
        # Not super().__init__: this runs twice an await, and half of what asyncio does there is for debugging.
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False


class Timer(Entry, asyncio.TimerHandle):
    """A callback that runs at `at_us`; cancelled, it is withdrawn from the kernel."""

    __slots__ = ("at_us",)
    _source_traceback = None
    _repr = None
    _loop: VirtualLoop
    _scheduled: bool

    def __init__(
        self, at_us: int, callback: Callable[..., object], args: Any, loop: VirtualLoop, context: Context
    ) -> None:
        self.at_us = at_us
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._scheduled = False

    @property
    def _when(self) -> float:
        return self.at_us / 1e6

    def __hash__(self) -> int:
        return hash(self.at_us)

    def fire(self) -> None:
        """Pass it through its loop."""
        self._scheduled = False
        self._loop._due(self)

    def cancel(self) -> None:
        """Withdraw it; after it ran, this changes nothing."""
        if self._cancelled:
            return
        self._cancelled = True
        self._callback = self._args = None  # type: ignore[assignment]
        if self._scheduled:
            self._scheduled = False
            self._loop.kernel.withdrawn()


class Wake(Entry):
    """The kernel event in which a loop drains what is ready."""

    __slots__ = ("_cancelled", "_loop")

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._cancelled = False

    def fire(self) -> None:
        """Drain."""
        self._loop.drain()
