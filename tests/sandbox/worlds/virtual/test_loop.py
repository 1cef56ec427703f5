"""What the virtual loop does beyond asyncio's: its clock, its errors, its ties."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.worlds.virtual.errors import Deadlock, Livelock, OutsideWorld, UnhandledError
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.ties import DrawnTies, RecordedTies, Ties


def test_cancelled_timers_do_not_move_the_clock(kernel: Kernel, loop: VirtualLoop) -> None:
    async def patient() -> None:
        for _ in range(2000):
            async with asyncio.timeout(86_400):
                await asyncio.sleep(0.001)

    start_us = kernel.now
    loop.run_until_complete(patient())
    assert kernel.now - start_us == 2_000_000
    assert len(kernel._queue) < 1100, "a queue of mostly cancelled timers is compacted"
    assert kernel.peek() == float("inf")
    kernel.run()
    assert kernel.now - start_us == 2_000_000


def test_several_loops_share_one_kernel(kernel: Kernel) -> None:
    loops = [VirtualLoop(kernel, epoch=n) for n in (1, 2)]
    seen: list[tuple[int, int, bool]] = []

    async def ticks(loop: VirtualLoop) -> None:
        for _ in range(3):
            await asyncio.sleep(loop.epoch)
            seen.append((kernel.now % 100_000_000, loop.epoch, asyncio.get_running_loop() is loop))

    for loop in loops:
        loop.create_task(ticks(loop))
    kernel.run()
    assert [(at // 1_000_000, epoch) for at, epoch, _ in seen] == [(1, 1), (2, 2), (2, 1), (3, 1), (4, 2), (6, 2)]
    assert all(right for *_, right in seen)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_deadlock_names_the_waiting_tasks(loop: VirtualLoop) -> None:
    async def waits_for_a_reply() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        await asyncio.gather(waits_for_a_reply(), waits_for_a_reply())

    with pytest.raises(Deadlock, match=r"main at test_loop.py:\d+; .*waits_for_a_reply at test_loop.py:\d+"):
        loop.run_until_complete(main())
    loop.close()


def test_livelock_names_the_spinning_tasks() -> None:
    async def spins() -> None:
        while True:
            await asyncio.sleep(0)

    loop = VirtualLoop(Kernel(0, steps_max=5000))
    with pytest.raises(Livelock, match=r"5000 steps at 0 us without time passing, in: .*spins at"):
        loop.run_until_complete(spins())
    loop.close()


def test_livelock_of_the_kernel_is_found() -> None:
    kernel = Kernel(0, steps_max=1000)

    def again() -> None:
        kernel.at(kernel.now, again)

    again()
    with pytest.raises(Livelock, match="schedules itself anew"):
        kernel.run(10)


def test_an_exception_that_nobody_retrieves_ends_the_run(kernel: Kernel, loop: VirtualLoop) -> None:
    async def fails() -> None:
        await asyncio.sleep(1)
        raise ZeroDivisionError("in the background")

    loop.create_task(fails())
    with pytest.raises(UnhandledError, match=r"never retrieved.*in the background") as caught:
        kernel.run()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_failing_callback_ends_the_run(kernel: Kernel, loop: VirtualLoop) -> None:
    loop.call_later(1, lambda: 1 / 0)
    with pytest.raises(UnhandledError, match="Exception in callback"):
        kernel.run()


def test_a_failed_task_that_something_still_holds_is_found_at_the_end(kernel: Kernel, loop: VirtualLoop) -> None:
    async def fails() -> None:
        raise ZeroDivisionError("held")

    held = loop.create_task(fails())
    kernel.run()
    found = loop.unretrieved()
    assert "fails" in str(found)
    assert found.__cause__ is held.exception()
    assert loop.unretrieved() is None, "it was retrieved now"


def test_an_exception_handler_of_ones_own_is_told(kernel: Kernel, loop: VirtualLoop) -> None:
    told: list[str] = []
    loop.set_exception_handler(lambda _, context: told.append(context["message"]))
    loop.call_soon(lambda: 1 / 0)
    kernel.run()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("run_in_executor", "inline"),
        ("create_connection", "Http port"),
        ("getaddrinfo", "Http port"),
        ("call_soon_threadsafe", "inline"),
        ("add_signal_handler", "world"),
        ("subprocess_exec", "Store port"),
    ],
)
def test_what_virtual_time_has_not_names_the_remedy(loop: VirtualLoop, name: str, remedy: str) -> None:
    with pytest.raises(OutsideWorld, match=f"loop.{name} .*{remedy}"):
        getattr(loop, name)(None)


def test_to_thread_is_refused(loop: VirtualLoop) -> None:
    async def threads() -> None:
        await asyncio.to_thread(print)

    with pytest.raises(OutsideWorld):
        loop.run_until_complete(threads())


def finishing_order(ties: Ties | None) -> list[int]:
    loop = VirtualLoop(Kernel(0), ties=ties)
    order: list[int] = []

    async def one(n: int) -> None:
        await asyncio.sleep(1)
        order.append(n)

    async def main() -> None:
        await asyncio.gather(*map(one, range(6)))

    loop.run_until_complete(main())
    loop.close()
    return order


def test_ties_are_first_come_first_served_unless_drawn() -> None:
    assert finishing_order(None) == finishing_order(RecordedTies([])) == [0, 1, 2, 3, 4, 5]
    orders = {tuple(finishing_order(DrawnTies(Streams(seed)))) for seed in range(12)}
    assert len(orders) > 6
    assert all(sorted(order) == [0, 1, 2, 3, 4, 5] for order in orders)


def test_drawn_choices_can_be_repeated() -> None:
    ties = DrawnTies(Streams(3))
    order = finishing_order(ties)
    assert finishing_order(RecordedTies(ties.choices)) == order
    assert finishing_order(DrawnTies(Streams(3), share=0.0)) == [0, 1, 2, 3, 4, 5]


def test_plain_callbacks_keep_their_order_under_any_ties() -> None:
    kernel = Kernel(0)
    loop = VirtualLoop(kernel, ties=DrawnTies(Streams(1)))
    order: list[int] = []

    async def main() -> None:
        for n in range(20):
            loop.call_soon(order.append, n)
            loop.create_task(asyncio.sleep(0))
        await asyncio.sleep(1)

    loop.run_until_complete(main())
    loop.close()
    assert order == list(range(20))


@given(st.lists(st.integers(0, 5), max_size=40))
def test_any_choices_keep_locks_and_queues_right(choices: list[int]) -> None:
    loop = VirtualLoop(Kernel(0), ties=RecordedTies(choices))
    inside = 0
    taken: list[int] = []

    async def worker(lock: asyncio.Lock, queue: asyncio.Queue[int]) -> None:
        nonlocal inside
        for _ in range(3):
            n = await queue.get()
            async with lock:
                inside += 1
                assert inside == 1
                await asyncio.sleep(0)
                inside -= 1
            taken.append(n)

    async def main() -> None:
        lock, queue = asyncio.Lock(), asyncio.Queue(maxsize=1)
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(worker(lock, queue))
            for n in range(9):
                await queue.put(n)

    loop.run_until_complete(main())
    loop.close()
    assert sorted(taken) == list(range(9))


def test_sets_of_tasks_and_futures_are_ordered_by_number(loop: VirtualLoop) -> None:
    async def main() -> list[int]:
        tasks = [asyncio.create_task(asyncio.sleep(1)) for _ in range(50)]
        futures = [loop.create_future() for _ in range(50)]
        numbers = [hash(thing) for thing in {*tasks, *futures}]
        done, _ = await asyncio.wait(tasks)
        assert [hash(task) for task in done] == sorted(hash(task) for task in done)
        return numbers

    numbers = loop.run_until_complete(main())
    assert sorted(numbers) == list(range(2, 102))


def test_an_abandoned_async_generator_is_closed_on_the_loop(kernel: Kernel, loop: VirtualLoop) -> None:
    log: list[str] = []

    async def numbers():
        try:
            yield 1
        finally:
            await asyncio.sleep(1)
            log.append("closed")

    async def main() -> None:
        async for _ in numbers():
            break
        await asyncio.sleep(2)

    hooks = sys.get_asyncgen_hooks()
    with contextlib.closing(loop):
        loop.run_until_complete(main())
        assert sys.get_asyncgen_hooks() == hooks
        loop.create_task(main())
        kernel.run()
        assert sys.get_asyncgen_hooks() == hooks
    gc.collect()
    assert log == ["closed", "closed"]


def test_what_is_ready_at_one_instant_is_one_kernel_event(kernel: Kernel) -> None:
    drains: list[tuple[object, ...]] = []
    loop = VirtualLoop(kernel, heard=drains.append)

    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(1) for _ in range(100)))

    loop.run_until_complete(main())
    assert len(drains) == 2
    assert sum(drain[3] for drain in drains) == loop.steps


def test_the_kernel_raises_the_very_exception_of_a_failed_event(kernel: Kernel) -> None:
    class Odd(Exception):
        def __init__(self, *, code: int) -> None:
            super().__init__()
            self.code = code

    error = Odd(code=5)

    def fails():
        yield kernel.timeout(1)
        raise error

    kernel.process(fails())
    with pytest.raises(Odd) as caught:
        kernel.run()
    assert caught.value is error


def test_running_to_a_time_leaves_what_is_due_then(kernel: Kernel, scripted: Callable[..., object]) -> None:
    happened: list[int] = []
    start_us = kernel.now
    for after_us in (5, 10, 15):
        kernel.at(start_us + after_us, lambda after_us=after_us: happened.append(after_us))
    kernel.at(start_us + 7, lambda: happened.append(7)).cancel()
    kernel.run(start_us + 10)
    assert (happened, kernel.now) == ([5], start_us + 10)
    kernel.run(start_us + 100)
    assert (happened, kernel.now) == ([5, 10, 15], start_us + 100)
    with pytest.raises(ValueError):
        kernel.at(start_us, lambda: None)
    with pytest.raises(ValueError):
        kernel.run(start_us)
