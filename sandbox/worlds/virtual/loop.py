"""An asyncio event loop that is a guest on the kernel's clock: one for each incarnation of the core.

Only timers enter the kernel's queue. What becomes ready at one instant is drained inside one kernel event.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar
from weakref import WeakSet

from simpy.core import EmptySchedule
from simpy.events import NORMAL

from sandbox.worlds.virtual.errors import Deadlock, Livelock
from sandbox.worlds.virtual.failures import FailureKeeping
from sandbox.worlds.virtual.handles import ReadyCall, Timer, Wake
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.ordered import OrderedFuture, OrderedTask
from sandbox.worlds.virtual.power import Remains
from sandbox.worlds.virtual.ties import Ties, reorder
from sandbox.worlds.virtual.waiting import describe

T = TypeVar("T")
Heard = Callable[[tuple[Any, ...]], None]
_copy_context = contextvars.copy_context
_PlainFuture = asyncio.Future


class VirtualLoop(FailureKeeping):
    """The event loop of one incarnation; several share a kernel. `numbers` counts its tasks and futures.

    `ties` breaks ties among ready tasks (None: first come, first served). `heard` gets a label for each drain.
    An exception that nobody retrieved is raised as UnhandledError out of the drain that met it.
    """

    def __init__(self, kernel: Kernel, *, epoch: int = 1, ties: Ties | None = None, heard: Heard | None = None) -> None:
        super().__init__()
        self.kernel = kernel
        self.epoch = epoch
        self.numbers = count(1)
        self.steps = 0
        self._ties = ties
        self._heard = heard
        self._ready: list[asyncio.Handle] = []
        self._batch: list[asyncio.Handle] = []
        self._wake = Wake(self)
        self._awake = False
        self._draining = False
        self._closed = False
        self.frozen = False
        self._cut: tuple[int, Callable[[], None]] | None = None
        self._factory: Callable[..., Any] | None = None
        self._generators: WeakSet[AsyncGenerator[Any, Any]] = WeakSet()
        self._remains: Remains | None = None

    # -- scheduling -------------------------------------------------------------------------------------------

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Call it at this instant, after what is ready."""
        handle = ReadyCall(callback, args, self, _copy_context() if context is None else context)
        self._ready.append(handle)
        if not self._awake:
            self._rouse()
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Call it `delay` seconds from now, to the nearest microsecond."""
        return self.call_at_us(self.kernel._now + round(delay * 1e6), callback, args, context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        """Call it at `when` seconds since 1970, to the nearest microsecond."""
        return self.call_at_us(round(when * 1e6), callback, args, context)

    def call_at_us(
        self, at_us: int, callback: Callable[..., object], args: Any = (), context: contextvars.Context | None = None
    ) -> Timer:
        """Call `callback(*args)` at `at_us`; one of the past is due now."""
        kernel = self.kernel
        timer = Timer(at_us, callback, args, self, _copy_context() if context is None else context)
        if at_us > kernel._now:
            timer._scheduled = True
            heappush(kernel._queue, (at_us, NORMAL, next(kernel._eid), timer))
        else:
            self._ready.append(timer)
            if not self._awake:
                self._rouse()
        return timer

    def time(self) -> float:
        """Seconds since 1970."""
        return self.kernel._now / 1e6

    def create_future(self) -> asyncio.Future[Any]:
        """A future with a stable hash."""
        return OrderedFuture(loop=self)

    def create_private_future(self) -> asyncio.Future[Any]:
        """A future that one task awaits and nobody puts into a set: asyncio has a shorter way for its very own kind."""
        return _PlainFuture(loop=self)

    def create_task(
        self,
        coro: Coroutine[Any, Any, T] | Generator[Any, Any, T],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[T]:
        """Start a task, whose hash is its number, so that sets of tasks have one order in all processes."""
        if self._factory is None:
            return OrderedTask(coro, loop=self, name=name, context=context)
        task: asyncio.Task[T] = self._factory(self, coro, **({} if context is None else {"context": context}))
        if name is not None:
            task.set_name(name)
        return task

    def set_task_factory(self, factory: Callable[..., Any] | None) -> None:
        """Make tasks otherwise; whoever does answers for the order of sets of them."""
        self._factory = factory

    def get_task_factory(self) -> Callable[..., Any] | None:
        """What was set, or None."""
        return self._factory

    # -- running ----------------------------------------------------------------------------------------------

    def _rouse(self) -> None:
        """Have the ready callbacks drained at this instant, after the kernel events that are due before."""
        self._awake = True
        kernel = self.kernel
        heappush(kernel._queue, (kernel._now, NORMAL, next(kernel._eid), self._wake))

    def _due(self, timer: Timer) -> None:
        """A timer fired: with its neighbours of the same instant, it goes through the loop at once."""
        self._ready.append(timer)
        if self._awake:
            return
        queue = self.kernel._queue
        while queue and queue[0][0] == self.kernel._now and type(queue[0][3]) is Timer and queue[0][3]._loop is self:
            neighbour = heappop(queue)[3]
            neighbour._scheduled = False
            if neighbour._cancelled:
                self.kernel._withdrawn -= 1
            else:
                self._ready.append(neighbour)
        self.drain()

    def settle(self, future: asyncio.Future[Any], result: object) -> None:
        """Resolve a future from outside, and run at once what waits for it: no kernel event of its own."""
        asleep = not self._awake
        self._awake = True
        future.set_result(result)
        if asleep:
            self.drain()

    def begin(self, coro: Coroutine[Any, Any, Any]) -> None:
        """Start a task from outside, and run it at once as far as it goes: no kernel event of its own."""
        asleep = not self._awake
        self._awake = True
        self.create_task(coro)
        if asleep:
            self.drain()

    def drain(self) -> None:
        """Run what is ready, and what becomes ready by it, until nothing is."""
        if self.frozen:
            return
        if self.kernel._guest is not self:
            self.kernel.welcome(self, self._generators.add, self._finalize)
        self._awake = self._draining = True
        before = self.steps
        steps_most = before + self.kernel.steps_max
        try:
            while self._ready:
                batch = self._ready
                self._ready, self._batch = self._batch, batch  # two lists take turns: the other one is empty
                self.steps += len(batch)
                if self.steps > steps_most:
                    raise Livelock(self._livelock(batch))
                if self._ties is not None:
                    batch = reorder(batch, self._ties)
                if self._cut is None:
                    self._run(batch)
                else:
                    self._run_to_cut(batch, self.steps - len(batch))
                batch.clear()  # what failed unheard is told of when it is let go: now, not at the next instant
        finally:
            self._draining = False
            self._awake = self.dead
            self._batch.clear()
        if self._heard is not None:
            self._heard(("loop", self.kernel._now, self.epoch, self.steps - before))
        if self._failures:
            self.raise_failures()

    def _run(self, batch: list[asyncio.Handle]) -> None:
        for handle in batch:
            if not handle._cancelled:
                try:
                    handle._context.run(handle._callback, *handle._args)  # type: ignore[attr-defined]
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as error:  # noqa: BLE001  asyncio's rule: a callback fails alone
                    message = f"Exception in callback {handle!r}"
                    self.call_exception_handler({"message": message, "exception": error, "handle": handle})

    def _run_to_cut(self, batch: list[asyncio.Handle], done: int) -> None:
        """As `_run`, one callback at a time, until the power is cut."""
        for place, handle in enumerate(batch):
            self._run([handle])
            if self._cut is not None and done + place + 1 >= self._cut[0]:
                cut, self._cut = self._cut[1], None
                cut()

    def cut_at_step(self, step: int, cut: Callable[[], None]) -> None:
        """Call `cut()` right after the `step`th callback of this loop: between any two awaits of the core."""
        self._cut = (step, cut)

    def run_until_complete(self, future: Awaitable[T] | Generator[Any, Any, T]) -> T:
        """Let time pass until `future` is done. Raises Deadlock, naming the waiting tasks, when it never can be."""
        if self._draining:
            raise RuntimeError("the loop is running already: await instead")
        awaited: asyncio.Future[T] = asyncio.ensure_future(future, loop=self)  # type: ignore[arg-type]
        advance = self.kernel.advance
        try:
            while not awaited.done():
                advance()
        except EmptySchedule:
            waiting = describe(asyncio.all_tasks(self))
            raise Deadlock(f"nothing is ready and no timer is set, while these wait: {waiting}") from None
        finally:
            self.kernel.dismiss()
        return awaited.result()

    def _livelock(self, batch: list[asyncio.Handle]) -> str:
        tasks = {task for h in batch if isinstance(task := getattr(h._callback, "__self__", None), asyncio.Task)}  # type: ignore[attr-defined]
        return f"{self.kernel.steps_max} steps at {self.kernel._now} us without time passing, in: {describe(tasks)}"

    def freeze(self) -> None:
        """Run nothing from now on; what becomes ready waits. Not to be called by this loop's own callbacks."""
        self.frozen = self._awake = True

    def thaw(self) -> None:
        """Go on with all that has become ready meanwhile: timers that are overdue, replies that have come."""
        if self.frozen and not self.dead:
            self.frozen = self._awake = False
            if self._ready:
                self._rouse()

    # -- ends -------------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """Cut the power: nothing of this loop runs again, not even `finally`; its references are kept."""
        if self.dead:
            return
        self.dead = self._awake = True
        kept: list[Any] = [list(self._ready), list(self._batch), asyncio.all_tasks(self)]
        for handle in (*self._ready, *self._batch):
            handle._cancelled = True
        for entry in self.kernel.entries():
            if isinstance(entry, Timer | Wake) and entry._loop is self:
                entry._cancelled = True
                kept.append(entry)
        self.kernel.compact()
        self.kernel.dismiss()
        self._remains = Remains(kept)

    def dispose(self) -> None:
        """Let go of what a dead loop kept, without running any of it. Call it when the run has ended."""
        if self._remains is not None:
            self._remains.dispose()
            self._remains = None
        self._ready = []
        self._failures = []

    def close(self) -> None:
        """Close; a loop that still lives is killed and disposed of."""
        self.kill()
        self.dispose()
        self._closed = True

    def is_running(self) -> bool:
        """Whether a callback of this loop is being run."""
        return self._draining

    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def get_debug(self) -> bool:
        """Always False: asyncio's debug mode reads the wall clock."""
        return False

    def set_debug(self, enabled: bool) -> None:
        """Ignored, as `get_debug` explains."""

    async def shutdown_asyncgens(self) -> None:
        """Close the async generators that are still open, one after the other."""
        for generator in sorted(self._generators, key=repr):
            await generator.aclose()

    async def shutdown_default_executor(self) -> None:
        """There is none."""

    def _finalize(self, generator: AsyncGenerator[Any, Any]) -> None:
        if not self.dead:
            self.create_task(generator.aclose())
