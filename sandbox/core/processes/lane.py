"""Order lanes: each order's steps one after the other, many orders side by side.

An order whose system is down waits in that system's room. One of the room goes ahead when the time has come to
ask again; only when it comes through do the others follow, through the caller's own queue: no stampede.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from sandbox.core.ports import Clock

Advance = Callable[[str], Awaitable[None]]


class OrderLanes:
    """Hands orders to `advance`, at most `at_once` of them, each order by one worker at a time.

    `advance(saga)` may call `park` for the saga it works on. A wake while it works leads to one more round.
    """

    def __init__(self, advance: Advance, clock: Clock, at_once: int) -> None:
        self._advance = advance
        self._clock = clock
        self._at_once = at_once
        self._ready: deque[str] = deque()
        self._queued: dict[str, None] = {}
        self._working: dict[str, bool] = {}
        self._due: list[tuple[int, str]] = []
        self._due_at: dict[str, int] = {}
        self._rooms: dict[str, deque[str]] = {}
        self._room_of: dict[str, str] = {}
        self._scouts: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: deque[asyncio.Future[None]] = deque()

    def is_working_on(self, saga: str) -> bool:
        """Whether a worker has it in hands."""
        return saga in self._working

    def waiting_for(self, system: str) -> int:
        """Orders in that system's room, and the one that goes ahead."""
        return len(self._rooms.get(system, ())) + (system in self._scouts)

    def wake(self, saga: str) -> None:
        """There is something to do for this order now."""
        if saga in self._working:
            self._working[saga] = True
        elif saga not in self._queued:
            self._leave_room(saga)
            self._due_at.pop(saga, None)
            self._queue(saga)

    def park(self, saga: str, due_at_us: int, system: str | None = None) -> None:
        """Do nothing for this order before `due_at_us`; with `system`, not before that one answers again."""
        if system is not None and self._scouts.setdefault(system, saga) != saga:
            self._rooms.setdefault(system, deque()).append(saga)
            self._room_of[saga] = system
            return
        self._due_at[saga] = due_at_us
        heapq.heappush(self._due, (due_at_us, saga))
        self._set_timer()

    async def run(self) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            while not self._ready:
                await self._sleep_until_queued()
            saga = self._ready.popleft()
            del self._queued[saga]
            self._working[saga] = False
            scouted = [system for system, scout in self._scouts.items() if scout == saga]
            for system in scouted:
                del self._scouts[system]
            try:
                await self._advance(saga)
            finally:
                again = self._working.pop(saga)
            for system in scouted:
                self._open_room(system)
            if again:
                self.wake(saga)

    async def _sleep_until_queued(self) -> None:
        # Of asyncio's very own kind, which it awaits by a shorter way; nobody else ever sees it.
        waiter: asyncio.Future[None] = asyncio.Future(loop=self._loop)
        self._idle.append(waiter)
        await waiter

    def _queue(self, saga: str) -> None:
        self._queued[saga] = None
        self._ready.append(saga)
        while self._idle:
            waiter = self._idle.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break

    def _open_room(self, system: str) -> None:
        """Let all go ahead, unless somebody found meanwhile that the system is still away."""
        if system in self._scouts:
            return
        for saga in self._rooms.pop(system, ()):
            del self._room_of[saga]
            self._queue(saga)

    def _leave_room(self, saga: str) -> None:
        system = self._room_of.pop(saga, None)
        if system is not None:
            self._rooms[system].remove(saga)

    def _set_timer(self) -> None:
        due = self._due
        while due and self._due_at.get(due[0][1]) != due[0][0]:
            heapq.heappop(due)
        if not due:
            return  # a timer that is set rings for nothing: cheaper than to take it back and set it anew
        if self._timer is not None:
            if self._timer_us <= due[0][0]:
                return
            self._timer.cancel()
        self._timer_us = due[0][0]
        delay_s = max(0, self._timer_us - self._clock.now_us()) / 1_000_000
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now_us = self._clock.now_us()
        while self._due and self._due[0][0] <= now_us:
            due_at_us, saga = heapq.heappop(self._due)
            if self._due_at.get(saga) == due_at_us:
                del self._due_at[saga]
                if saga not in self._working and saga not in self._queued:
                    self._queue(saga)
        self._set_timer()


def let_go(names: Iterable[str], lanes: OrderLanes, *books: MutableMapping[str, Any]) -> bool:
    """Take from the books what no worker has in hands; whether nothing was left."""
    left = False
    for name in names:
        if lanes.is_working_on(name):
            left = True
            continue
        for book in books:
            book.pop(name, None)
    return not left
