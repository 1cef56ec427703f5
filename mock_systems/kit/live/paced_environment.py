"""A SimPy environment that is paced by a wall clock: asyncio wakes it when something is due, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop
from typing import Any, Final

import simpy
from simpy.events import NORMAL, Event, EventPriority

from mock_systems.kit.live.wall_clock import WallClock

_NEVER_US: Final = 1 << 63


class PacedEnvironment(simpy.Environment):
    """An environment in integer microseconds, which `advance` takes to any later time.

    After `pace` it goes on by itself: one timer of the running loop waits for what is due next. `failed` hears what a
    process raised; the environment is of no use after that.
    """

    _queue: list[Any]
    _now: int

    def __init__(self, start_us: int) -> None:
        super().__init__(start_us)
        self.failed: Callable[[BaseException], None] = lambda _: None
        self._clock: WallClock | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = _NEVER_US
        self._advancing = False

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0) -> None:
        """SimPy's way into the queue; `delay` in microseconds."""
        super().schedule(event, priority, delay)
        if self._clock is not None and not self._advancing:
            self._set_timer()

    def advance(self, now_us: int) -> None:
        """Let happen what is due before `now_us`, each thing at its own time; then the clock stands there.

        A time in the past changes nothing. What is due at `now_us` itself comes with the next advance, so that an
        input at that time comes first, in a replay as in life.
        """
        if now_us <= self._now:
            return
        self._advancing = True
        try:
            self._pass(now_us)
        except BaseException as error:
            self.stop()
            self.failed(error)
            raise
        finally:
            self._advancing = False
        self._now = now_us
        if self._clock is not None:
            self._set_timer()

    def pace(self, clock: WallClock) -> None:
        """Follow this clock from now on, on the running loop."""
        self._clock = clock
        self.advance(clock.now_us())
        self.retime()

    def retime(self) -> None:
        """Wait anew: the clock was set."""
        self._drop_timer()
        self._set_timer()

    def stop(self) -> None:
        """Follow no clock any more."""
        self._clock = None
        self._drop_timer()

    def _pass(self, before_us: int) -> None:
        queue = self._queue
        while queue and queue[0][0] < before_us:
            self._now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value

    def _set_timer(self) -> None:
        if not self._queue or self._clock is None:
            return
        due_us = self._queue[0][0]
        if due_us >= self._timer_us:
            return
        self._drop_timer()
        self._timer_us = due_us
        wait_s = self._clock.seconds(due_us + 1 - self._clock.now_us())
        self._timer = asyncio.get_running_loop().call_later(max(0.0, wait_s), self._wake)

    def _drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_us = None, _NEVER_US

    def _wake(self) -> None:
        self._timer, self._timer_us = None, _NEVER_US
        if self._clock is not None:
            self.advance(self._clock.now_us())
            self._set_timer()
