"""The clock: a SimPy environment in integer microseconds, with entries that can be withdrawn.

SimPy's own `step` would move the clock to a timer that was cancelled long ago, and rebuilds the exception of a
failed event from its type and arguments. This one drops withdrawn entries unseen and raises the exception itself.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.events import _get_running_loop, _set_running_loop
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, Final

import simpy
from simpy.core import EmptySchedule
from simpy.events import NORMAL, Event, EventPriority

from sandbox.worlds.virtual.errors import Livelock

_COMPACT_FROM: Final = 512
_NEVER_US: Final = 1 << 63
_HOUR_US: Final = 3_600_000_000


class Entry:
    """Something in the kernel's queue that is not a SimPy event: cheaper, and it can be withdrawn.

    `_cancelled` is what asyncio's handles call it, because they are entries, too.
    """

    __slots__ = ()
    _cancelled: bool

    def fire(self) -> None:
        """Its time has come. Every kind of entry says what that means."""


def _nothing() -> None:
    """What a withdrawn act does."""


class Act(Entry):
    """A call of `act()` at a time."""

    __slots__ = ("_cancelled", "_kernel", "_waiting", "act")

    def __init__(self, kernel: Kernel, act: Callable[[], object]) -> None:
        self._cancelled = False
        self._waiting = True
        self._kernel = kernel
        self.act = act

    def fire(self) -> None:
        """Do it."""
        self._waiting = False
        self.act()

    def cancel(self) -> None:
        """Withdraw it; after it was done, this changes nothing."""
        if self._waiting:
            self._waiting = False
            self._cancelled = True
            self.act = _nothing  # it may hold what holds this, and the collector is off
            self._kernel.withdrawn()


class Kernel(simpy.Environment):
    """`simpy.Environment` whose clock is UTC in integer microseconds since 1970.

    `steps_max` bounds the steps at one instant, after which `Livelock` is raised.
    """

    _queue: list[Any]
    _now: int

    def __init__(self, start_us: int = 0, steps_max: int = 1_000_000) -> None:
        super().__init__(start_us)
        self.steps_max = steps_max
        self._still = 0
        self._withdrawn = 0
        # SimPy's events from `_near_us` on, in no order. Days of parcels in the queue would make each step dearer.
        self._far: list[Any] = []
        self._near_us = start_us + _HOUR_US
        self._guest: asyncio.AbstractEventLoop | None = None
        self._outer_loop: asyncio.AbstractEventLoop | None = None
        self._outer_hooks: Any = None

    @property
    def now(self) -> int:
        """UTC in microseconds since 1970."""
        return self._now

    def push(self, at_us: int, entry: Entry) -> None:
        """Have `entry` fire at `at_us`, after what is already due then."""
        heappush(self._queue, (at_us, NORMAL, next(self._eid), entry))

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0) -> None:
        """SimPy's way into the queue; `delay` in microseconds."""
        at_us = self._now + delay
        item = (at_us, priority, next(self._eid), event)
        if at_us < self._near_us:
            heappush(self._queue, item)
        else:
            self._far.append(item)

    def at(self, at_us: int, act: Callable[[], object]) -> Act:
        """Call `act()` at `at_us`; a time in the past raises ValueError."""
        if at_us < self._now:
            raise ValueError(f"cannot act at {at_us} us: it is {self._now} us already")
        entry = Act(self, act)
        heappush(self._queue, (at_us, NORMAL, next(self._eid), entry))
        return entry

    def withdrawn(self) -> None:
        """Count an entry that was cancelled in the queue; a queue of mostly such entries is compacted."""
        self._withdrawn += 1
        if self._withdrawn > _COMPACT_FROM and self._withdrawn * 2 > len(self._queue):
            self.compact()

    def compact(self) -> None:
        """Take the withdrawn entries out of the queue."""
        self._queue[:] = [item for item in self._queue if not (isinstance(item[3], Entry) and item[3]._cancelled)]
        heapify(self._queue)
        self._withdrawn = 0

    def entries(self) -> list[Entry]:
        """The entries that wait in the queue, in no particular order."""
        return [item[3] for item in self._queue if isinstance(item[3], Entry) and not item[3]._cancelled]

    def peek(self) -> float:
        """When the next thing happens; infinity when nothing will."""
        queue = self._queue
        while queue and isinstance(queue[0][3], Entry) and queue[0][3]._cancelled:
            heappop(queue)
            self._withdrawn -= 1
        if not queue or queue[0][0] >= self._near_us:
            self._approach(_NEVER_US)
        return super().peek()

    def step(self) -> None:
        """Let the next thing happen. Raises simpy's EmptySchedule when there is none."""
        try:
            self.advance()
        finally:
            self.dismiss()

    def advance(self) -> None:
        """As `step`, but a guest stays welcome until it is dismissed."""
        if not self._proceed(_NEVER_US, 1):
            raise EmptySchedule

    def run(self, until: int | float | Event | None = None) -> Any:
        """Go on to the end, to an event, or to a time: then the clock stands there and nothing due then has happened.

        Raises ValueError for a time in the past, RuntimeError when the event can never happen.
        """
        if isinstance(until, Event):
            return self._run_to_event(until)
        if until is not None and until <= self._now:
            raise ValueError(f"until ({until}) must be later than now ({self._now})")
        try:
            self._proceed(_NEVER_US if until is None else until, _NEVER_US)
        finally:
            self.dismiss()
        if until is not None:
            self._now = int(until)
        return None

    def welcome(
        self, guest: asyncio.AbstractEventLoop, first: Callable[[Any], None], last: Callable[[Any], None]
    ) -> None:
        """Make this guest asyncio's running loop, told of async generators that begin and end, until another comes.

        It stays so between its drains: asyncio asks the operating system for the process id at each change.
        """
        if self._guest is None:
            self._outer_hooks = sys.get_asyncgen_hooks()
            self._outer_loop = _get_running_loop()
        self._guest = guest
        _set_running_loop(guest)
        sys.set_asyncgen_hooks(firstiter=first, finalizer=last)

    def dismiss(self) -> None:
        """Give asyncio's and Python's hooks back to whoever had them before the first guest."""
        if self._guest is not None:
            self._guest = None
            _set_running_loop(self._outer_loop)
            sys.set_asyncgen_hooks(*self._outer_hooks)

    def _run_to_event(self, event: Event) -> Any:
        try:
            while event.callbacks is not None:
                self.advance()
        except EmptySchedule:
            raise RuntimeError(f"nothing will happen any more, and {event} has not") from None
        finally:
            self.dismiss()
        return event.value

    def _proceed(self, before_us: float, most: int) -> int:
        """As `_pass`, far events included."""
        done = self._pass(min(before_us, self._near_us), most)
        while done < most and self._approach(before_us):
            done += self._pass(min(before_us, self._near_us), most - done)
        return done

    def _approach(self, before_us: float) -> bool:
        """Let the far events of the next hour into the queue; False when nothing is due before `before_us`."""
        queue, far = self._queue, self._far
        if before_us <= self._near_us:
            return False
        first_us = min([item[0] for item in (*far, *queue[:1])], default=_NEVER_US)
        if first_us >= before_us:
            return False
        near_us = self._near_us = first_us + _HOUR_US
        self._far = [item for item in far if item[0] >= near_us]
        for item in far:
            if item[0] < near_us:
                heappush(queue, item)
        return True

    def _pass(self, before_us: float, most: int) -> int:
        """Carry out what is due before `before_us`, `most` items of it; how many they were, withdrawn ones left out."""
        # One loop for everything, without a call for each item: a day has millions of them.
        queue, done = self._queue, 0
        while queue and done < most and queue[0][0] < before_us:
            at_us, _, _, event = heappop(queue)
            is_entry = isinstance(event, Entry)
            if is_entry and event._cancelled:
                self._withdrawn -= 1
                continue
            done += 1
            if at_us != self._now:
                self._now = at_us
                self._still = 0
            else:
                self._still += 1
                if self._still > self.steps_max:
                    raise Livelock(self._standing_still())
            if is_entry:
                event.fire()
            else:
                _process(event)
        return done

    def _standing_still(self) -> str:
        return f"{self._still} steps at {self._now} us without time passing: something schedules itself anew"


def _process(event: Any) -> None:
    """What SimPy does with an event, but the exception of a failed one is raised as it is."""
    callbacks, event.callbacks = event.callbacks, None
    for callback in callbacks:
        callback(event)
    if not event._ok and not hasattr(event, "_defused"):
        raise event._value
