"""The core's own queue in front of a system that grants few slots and refuses the next call at once.

Such a system is a loss system: who calls too often is sent away. With a queue of its own the core calls
when a slot is free, so that nothing is lost and nothing asked twice. How many slots there are is not always
known, and others may take them: each refusal for load halves what the queue lets through at once, answers
widen it again one by one, and while refusals follow each other there are pauses, each twice as long.

A core that has just started may have much to take up, and knows nothing of the system yet: until the first answer
only few calls go out at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

from sandbox.core.ports import Clock

MINUTE_US = 60_000_000
FIRST_PAUSE_US = 250_000
LONGEST_PAUSE_US = 5_000_000
"""As long as a breaker's first cool-down: what goes on for longer is for the breaker."""


class QueueExpired(Exception):
    """A call waited for its turn longer than it was willing to."""


class Limiter:
    """At most `concurrency` calls at once and `per_minute` starts in any 60 seconds, first come first served.

    After refusals for load `allowed` calls at once, fewer than `concurrency`; `strained` while that is so, and while
    no answer has followed the last refusal. `window` is the number of times it was narrowed. With `untried`, no more
    than so many at once before the first answer: it is `strained` until then, too.
    """

    def __init__(self, concurrency: int, per_minute: int | None, clock: Clock, untried: int | None = None) -> None:
        if concurrency < 1 or (per_minute is not None and per_minute < 1) or (untried is not None and untried < 1):
            raise ValueError("a limiter lets at least one call pass: concurrency, per_minute and untried are 1 or more")
        self.concurrency = concurrency
        self.per_minute = per_minute
        self.allowed = concurrency if untried is None else min(untried, concurrency)
        self.strained = self.allowed < concurrency
        self.window = 0
        self.in_use = 0
        self.held_until_us = 0
        self._untried = self.strained
        self._refusals = 0
        self._answers = 0
        self._clock = clock
        self._waiters: deque[tuple[asyncio.Future[None], int | None]] = deque()
        self._starts: deque[int] | None = None if per_minute is None else deque()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiters)

    async def acquire(self, give_up_at_us: int | None = None) -> None:
        """Wait for a slot. Raises QueueExpired when the turn comes later than `give_up_at_us`."""
        if self.try_acquire():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((turn, give_up_at_us))
        self._pump()
        try:
            await turn
        except asyncio.CancelledError:
            self._withdraw(turn, give_up_at_us)
            raise

    def try_acquire(self) -> bool:
        """Take a slot when one is free and nobody waits: the usual case, without a coroutine for it."""
        if self._waiters or self.in_use >= self.allowed or self._wait_us():
            return False
        self._start()
        return True

    def release(self) -> None:
        """Give the slot back and let the next one in."""
        assert self.in_use > 0, "release without acquire"
        self.in_use -= 1
        if self._waiters:
            self._pump()

    def hold_until(self, at_us: int) -> None:
        """Let nobody in before `at_us`: the system named a time (Retry-After)."""
        self.held_until_us = max(self.held_until_us, at_us)

    def refused(self, window: int) -> bool:
        """The system sent a call away for load, let in while `window` was the number. Call before its release.

        True when that is news. Calls that left together are refused together, and are one sign of too much load, not
        many: only the first narrows the window.
        """
        if window != self.window:
            return False
        self.window += 1
        # What was under way was too much, not what might have been.
        self.allowed = max(1, min(self.allowed, self.in_use) // 2)
        self.strained = True
        self._untried = False
        self._answers = 0
        self._refusals += 1
        if self._refusals > 1:
            pause_us = min(LONGEST_PAUSE_US, FIRST_PAUSE_US << min(self._refusals - 2, 16))
            self.hold_until(self._clock.now_us() + pause_us)
        return True

    def answered(self) -> None:
        """A call was answered while `strained`: a window's worth of them makes room for one more, the first for all."""
        if self._untried:
            self._untried = self.strained = False
            self.allowed = self.concurrency
            return
        self._refusals = 0
        self._answers += 1
        if self._answers >= self.allowed:
            self._answers = 0
            self.allowed = min(self.concurrency, self.allowed + 1)
        self.strained = self.allowed < self.concurrency

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _wait_us(self) -> int:
        """How long until one more call may start, slots apart."""
        starts = self._starts
        if starts is None and self.held_until_us == 0:
            return 0
        now_us = self._clock.now_us()
        free_at_us = self.held_until_us
        if free_at_us <= now_us:
            free_at_us = self.held_until_us = 0
        if starts is not None and len(starts) == self.per_minute:
            free_at_us = max(free_at_us, starts[0] + MINUTE_US)
        return max(0, free_at_us - now_us)

    def _start(self) -> None:
        self.in_use += 1
        starts = self._starts
        if starts is not None:
            if len(starts) == self.per_minute:
                starts.popleft()
            starts.append(self._clock.now_us())

    def _pump(self) -> None:
        """Let in whoever may start now; the slot is theirs from here on, before they run."""
        waiters = self._waiters
        while waiters and self.in_use < self.allowed:
            turn, give_up_at_us = waiters[0]
            if turn.done():
                waiters.popleft()
            elif give_up_at_us is not None and self._clock.now_us() > give_up_at_us:
                waiters.popleft()
                turn.set_exception(QueueExpired())
            elif (wait_us := self._wait_us()) > 0:
                self._pump_after(wait_us)
                return
            else:
                waiters.popleft()
                self._start()
                turn.set_result(None)

    def _pump_after(self, wait_us: int) -> None:
        """Look again when the next may start, or when the first to lose patience does."""
        now_us = self._clock.now_us()
        patience = [give_up_at_us + 1 for _, give_up_at_us in self._waiters if give_up_at_us is not None]
        at_us = min([now_us + wait_us, *patience])
        if self._timer is not None:
            if self._timer_us <= at_us:
                return
            self._timer.cancel()
        self._timer_us = at_us
        delay_s = max(0, at_us - now_us) / 1_000_000
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._pump_again)

    def _pump_again(self) -> None:
        self._timer = None
        now_us = self._clock.now_us()
        for waiter in [w for w in self._waiters if w[1] is not None and now_us > w[1]]:
            self._waiters.remove(waiter)
            if not waiter[0].done():
                waiter[0].set_exception(QueueExpired())
        self._pump()

    def _withdraw(self, turn: asyncio.Future[None], give_up_at_us: int | None) -> None:
        """A waiter was cancelled: in the queue, or after its turn had come but before it ran."""
        if not turn.cancelled() and turn.exception() is None:
            self.release()
            return
        waiter = (turn, give_up_at_us)
        if waiter in self._waiters:
            self._waiters.remove(waiter)
