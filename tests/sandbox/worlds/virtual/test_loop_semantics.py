"""The virtual loop against asyncio's own: each program keeps a log, and both loops must write the same one."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop

Log = list[object]
Program = Callable[[Log], Awaitable[object]]
# Wide enough for a busy machine to keep the order of what asyncio's own loop does in wall time.
TICK = 0.02


def in_virtual_time(program: Program) -> Log:
    log: Log = []
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(Kernel(1_321_228_800_000_000))) as runner:
        runner.run(_logged(program, log))
    return log


def in_wall_time(program: Program) -> Log:
    log: Log = []
    asyncio.run(_logged(program, log))
    return log


async def _logged(program: Program, log: Log) -> None:
    try:
        log.append(("returned", await program(log)))
    except BaseException as error:
        log.append(("raised", type(error), str(error)))
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise


async def step(log: Log, name: str, ticks: int) -> str:
    log.append(f"{name} begins")
    try:
        await asyncio.sleep(ticks * TICK)
    except asyncio.CancelledError:
        log.append(f"{name} is cancelled")
        raise
    finally:
        log.append(f"{name} ends")
    return name


async def gathers(log: Log) -> object:
    return await asyncio.gather(step(log, "a", 3), step(log, "b", 1), step(log, "c", 2))


async def gathers_with_failure(log: Log) -> object:
    async def fails() -> None:
        await step(log, "f", 1)
        raise ValueError("f")

    return [type(r) for r in await asyncio.gather(step(log, "a", 3), fails(), return_exceptions=True)]


async def times_out(log: Log) -> object:
    try:
        async with asyncio.timeout(2 * TICK):
            await step(log, "a", 5)
    except TimeoutError:
        log.append("timed out")
    async with asyncio.timeout(5 * TICK) as patience:
        await step(log, "b", 1)
    return patience.expired()


async def nests_timeouts(log: Log) -> object:
    async with asyncio.timeout(4 * TICK):
        try:
            async with asyncio.timeout(1 * TICK):
                await step(log, "a", 9)
        except TimeoutError:
            log.append("inner")
        await step(log, "b", 9)


async def waits_for(log: Log) -> object:
    log.append(await asyncio.wait_for(step(log, "a", 1), 3 * TICK))
    return await asyncio.wait_for(step(log, "b", 4), 1 * TICK)


async def groups(log: Log) -> object:
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(step(log, name, ticks)) for name, ticks in (("a", 2), ("b", 1), ("c", 3))]
    return [task.result() for task in made]


async def group_fails(log: Log) -> object:
    async def fails() -> None:
        await asyncio.sleep(TICK)
        raise LookupError("lost")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(step(log, "a", 4))
            group.create_task(fails())
            await step(log, "body", 4)
    except* LookupError as caught:
        log.append(len(caught.exceptions))


async def waits_for_first(log: Log) -> object:
    tasks = [asyncio.create_task(step(log, name, ticks)) for name, ticks in (("a", 3), ("b", 1), ("c", 5))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    log.append((sorted(t.result() for t in done), len(pending)))
    for task in tasks:
        task.cancel()  # not in the order of the set: that is what asyncio's own loop leaves to chance
    await asyncio.wait(pending)
    return [task.cancelled() for task in tasks]


async def as_completed(log: Log) -> object:
    tasks = [asyncio.create_task(step(log, name, ticks)) for name, ticks in (("a", 3), ("b", 1))]
    return [await one for one in asyncio.as_completed(tasks)]


async def queues(log: Log) -> object:
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=2)

    async def produce() -> None:
        for n in range(5):
            await queue.put(n)
            log.append(f"put {n}")

    async def consume(name: str) -> None:
        while True:
            n = await queue.get()
            log.append(f"{name} got {n}")
            await asyncio.sleep(0)
            queue.task_done()

    workers = [asyncio.create_task(consume(name)) for name in "xy"]
    await produce()
    await queue.join()
    for worker in workers:
        worker.cancel()
    return [isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*workers, return_exceptions=True)]


async def locks(log: Log) -> object:
    lock, event, slots = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2)

    async def holder(name: str) -> None:
        async with slots, lock:
            log.append(f"{name} holds")
            await asyncio.sleep(TICK)
            if name == "c":
                event.set()

    async def hears() -> None:
        await event.wait()
        log.append("heard")

    await asyncio.gather(hears(), *(holder(name) for name in "abcd"))
    condition = asyncio.Condition()
    async with condition:
        waiting = asyncio.create_task(step(log, "n", 1))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(condition.wait(), TICK / 2)
        return await waiting


async def cancels(log: Log) -> object:
    task = asyncio.create_task(step(log, "a", 5))
    await asyncio.sleep(0)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task
    shielded = asyncio.create_task(step(log, "b", 1))
    outer = asyncio.create_task(asyncio.wait_for(asyncio.shield(shielded), 5 * TICK))
    await asyncio.sleep(0)
    outer.cancel()
    return await shielded


async def swallows_cancellation(log: Log) -> object:
    async def stubborn() -> str:
        try:
            await asyncio.sleep(5 * TICK)
        except asyncio.CancelledError:
            log.append("swallowed")
        await asyncio.sleep(TICK)
        return "done"

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    return await task


CAUSE: contextvars.ContextVar[str] = contextvars.ContextVar("cause", default="none")


async def keeps_context(log: Log) -> object:
    async def child(name: str) -> None:
        log.append((name, CAUSE.get()))
        CAUSE.set(name)
        await asyncio.sleep(TICK)
        log.append((name, CAUSE.get()))

    CAUSE.set("parent")
    await asyncio.gather(child("a"), child("b"))
    asyncio.get_running_loop().call_soon(lambda: log.append(("soon", CAUSE.get())))
    asyncio.get_running_loop().call_later(TICK, lambda: log.append(("later", CAUSE.get())))
    other = contextvars.copy_context()
    other.run(CAUSE.set, "other")
    await asyncio.create_task(child("c"), context=other)
    await asyncio.sleep(TICK)
    return CAUSE.get()


async def orders_callbacks(log: Log) -> object:
    loop = asyncio.get_running_loop()
    loop.call_later(0, log.append, "timer due now")
    loop.call_soon(log.append, "soon")
    loop.call_later(2 * TICK, log.append, "later")
    withdrawn = loop.call_later(TICK, log.append, "never")
    loop.call_at(loop.time() + TICK, log.append, "sooner")
    withdrawn.cancel()
    loop.call_soon(log.append, "never").cancel()
    await asyncio.sleep(0)
    log.append("after one turn")
    await asyncio.sleep(3 * TICK)
    return withdrawn.cancelled()


async def generates(log: Log) -> object:
    async def numbers() -> object:
        try:
            for n in range(3):
                await asyncio.sleep(0)
                yield n
        finally:
            log.append("closed")

    async for n in numbers():
        log.append(n)
    broken = numbers()
    async for _ in broken:
        break
    await broken.aclose()


async def raises(log: Log) -> object:
    future = asyncio.get_running_loop().create_future()
    error = KeyError("same object")
    asyncio.get_running_loop().call_soon(future.set_exception, error)
    try:
        await future
    except KeyError as caught:
        log.append(caught is error)
        raise


PROGRAMS = (
    *(gathers, gathers_with_failure, times_out, nests_timeouts, waits_for, groups, group_fails, waits_for_first),
    *(as_completed, queues, locks, cancels, swallows_cancellation, keeps_context, generates, raises),
)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_programs_log_the_same_on_both_loops(program: Program) -> None:
    assert in_virtual_time(program) == in_wall_time(program)


def test_callbacks_run_in_the_order_of_their_times() -> None:
    """Where a timer that is due at once stands among ready callbacks is left open by asyncio."""
    ours, theirs = in_virtual_time(orders_callbacks), in_wall_time(orders_callbacks)
    ours.remove("timer due now")
    theirs.remove("timer due now")
    assert ours == theirs


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> tuple[object, ...]:
    """A random program: sleeps that differ by whole ticks, in sequence, in parallel, or under a timeout."""
    kind = draw(st.sampled_from(("sleep", "sequence", "parallel", "timeout") if depth else ("sleep",)))
    if kind == "sleep":
        return ("sleep", draw(st.integers(0, 60)))
    if kind == "timeout":
        return ("timeout", draw(st.integers(1, 60)), draw(trees(depth=depth - 1)))
    return (kind, *draw(st.lists(trees(depth=depth - 1), min_size=1, max_size=3)))


def duration(tree: tuple[object, ...]) -> int:
    """What the program must take, in ticks, found without running it."""
    kind = tree[0]
    if kind == "sleep":
        return tree[1]
    if kind == "timeout":
        return min(tree[1], duration(tree[2]))
    parts = [duration(part) for part in tree[1:]]
    return sum(parts) if kind == "sequence" else max(parts)


async def play(tree: tuple[object, ...]) -> None:
    kind = tree[0]
    if kind == "sleep":
        await asyncio.sleep(tree[1] / 1e6)
    elif kind == "sequence":
        for part in tree[1:]:
            await play(part)
    elif kind == "parallel":
        async with asyncio.TaskGroup() as group:
            for part in tree[1:]:
                group.create_task(play(part))
    else:
        try:
            async with asyncio.timeout(tree[1] / 1e6):
                await play(tree[2])
        except TimeoutError:
            pass


@given(trees(depth=3))
@settings(max_examples=150, deadline=None)
def test_time_passes_by_exact_microseconds(tree: tuple[object, ...]) -> None:
    kernel = Kernel(1_321_228_800_000_001)
    loop = VirtualLoop(kernel)
    loop.run_until_complete(play(tree))
    assert kernel.now - 1_321_228_800_000_001 == duration(tree)
    loop.close()
