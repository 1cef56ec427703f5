"""From SimPy to asyncio: values, the very exception, and withdrawal."""

import asyncio

import pytest
import simpy

from sandbox.worlds.virtual.bridge import occurrence
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop


def test_the_value_of_an_event_is_handed_over(kernel: Kernel, loop: VirtualLoop) -> None:
    done = kernel.timeout(5, "value")
    assert loop.run_until_complete(occurrence(loop, done)) == "value"
    assert loop.run_until_complete(occurrence(loop, done)) == "value", "also when it happened before"


def test_the_same_exception_object_is_handed_over(kernel: Kernel, loop: VirtualLoop) -> None:
    class Picky(Exception):
        def __init__(self, *, why: str) -> None:
            super().__init__()
            self.why = why

    error = Picky(why="SimPy would rebuild it from type and arguments")
    event = kernel.event()
    kernel.at(kernel.now + 5, lambda: event.fail(error))
    for _ in range(2):
        with pytest.raises(Picky) as caught:
            loop.run_until_complete(occurrence(loop, event))
        assert caught.value is error


def test_a_cancelled_request_is_withdrawn(kernel: Kernel, loop: VirtualLoop) -> None:
    dock = simpy.Resource(kernel)
    holder = dock.request()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await occurrence(loop, dock.request())

    loop.run_until_complete(main())
    assert dock.queue == []
    dock.release(holder)
    assert dock.count == 0, "nobody who gave up holds the dock"


def test_a_request_granted_at_the_instant_of_the_cancellation_is_given_back(kernel: Kernel, loop: VirtualLoop) -> None:
    dock, shelf = simpy.Resource(kernel), simpy.Store(kernel)
    shelf.put("parcel")
    kernel.run(kernel.now + 1)

    async def main() -> None:
        tasks = [asyncio.create_task(occurrence(loop, event)) for event in (dock.request(), shelf.get())]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(main())
    kernel.run(kernel.now + 1)
    assert dock.count == 0
    assert shelf.items == ["parcel"]


def test_no_getter_of_a_dead_core_takes_an_item(kernel: Kernel, loop: VirtualLoop) -> None:
    event = kernel.event()
    loop.create_task(occurrence(loop, event))
    kernel.run(kernel.now + 1)
    loop.kill()
    event.fail(ValueError("nobody hears"))
    kernel.run(kernel.now + 1)
    loop.dispose()
