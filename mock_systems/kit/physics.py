"""Physics: what takes time in a system's own world (people, docks, trucks), on a SimPy environment.

The environment's clock is integer microseconds since 1970, UTC. In the virtual world all systems share the
run's environment; live, each mock steps its own along the wall clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

import simpy

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Process = Generator[simpy.Event, Any, None]
T = TypeVar("T")


def call_after(env: simpy.Environment, delay_us: int, act: Callable[[], None]) -> simpy.Event:
    """Have `act` called `delay_us` from now: one kernel event, no process."""
    event = env.event()
    event._ok, event._value = True, None
    event.callbacks.append(lambda _: act())
    env.schedule(event, delay=delay_us)
    return event


def until_open(now_us: int, opens_hour: int, closes_hour: int) -> int:
    """Microseconds until the next moment inside the opening hours (UTC, every day); 0 when open."""
    time_of_day = now_us % DAY
    if time_of_day < opens_hour * HOUR:
        return opens_hour * HOUR - time_of_day
    if time_of_day >= closes_hour * HOUR:
        return DAY - time_of_day + opens_hour * HOUR
    return 0


class JobQueue(Generic[T]):
    """Work that waits for people: a deque and an event, because SimPy's stores are quadratic in overload."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self._jobs: deque[T] = deque()
        self._idle: deque[simpy.Event] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: T) -> None:
        """Add a job; the worker that has waited longest takes it."""
        if self._idle:
            self._idle.popleft().succeed(job)
        else:
            self._jobs.append(job)

    def get(self) -> simpy.Event:
        """An event whose value is the next job."""
        event = self._env.event()
        if self._jobs:
            event.succeed(self._jobs.popleft())
        else:
            self._idle.append(event)
        return event
