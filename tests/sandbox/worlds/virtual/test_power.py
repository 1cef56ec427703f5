"""A crash is a power cut: nothing of the core runs again, not even when its remains are let go."""

import asyncio
import gc
import subprocess
import sys
import weakref
from contextlib import asynccontextmanager, contextmanager

import pytest

from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.power import can_skip_finalizers

ran: list[str] = []


@contextmanager
def block(name: str):
    try:
        yield
    finally:
        ran.append(name)


@asynccontextmanager
async def async_block(name: str):
    try:
        yield
    finally:
        ran.append(name)
        await asyncio.sleep(1)


async def numbers(name: str):
    try:
        for n in range(1000):
            await asyncio.sleep(1)
            yield n
    finally:
        ran.append(name)


class Core:
    """Has something suspended in every way that Python knows."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[int] = asyncio.Queue()
        self.never_started = self.deep(1)
        self.generator = numbers("held generator")

    async def deep(self, depth: int) -> None:
        try:
            with block(f"with {depth}"):
                async with async_block(f"async with {depth}"):
                    if depth:
                        await self.deep(depth - 1)
                    else:
                        await self.queue.get()
        except BaseException:
            ran.append("except")
            raise
        finally:
            ran.append("finally")
            await asyncio.sleep(1)

    async def counts(self) -> None:
        async for _ in numbers("async for"):
            pass

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.deep(3))
            group.create_task(self.counts())
            group.create_task(self.times_out())
            anext_of_held = anext(self.generator)
            group.create_task(self.awaits(anext_of_held))
            await asyncio.sleep(1000)

    async def awaits(self, thing: object) -> None:
        await thing
        await asyncio.shield(self.deep(0))

    async def times_out(self) -> None:
        try:
            async with asyncio.timeout(1000):
                await asyncio.gather(self.deep(1), self.deep(2))
        finally:
            ran.append("timeout")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    ran.clear()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("after_s", [0, 1, 2.5])
def test_no_code_of_a_dead_core_runs_and_its_memory_is_freed(kernel: Kernel, after_s: float) -> None:
    loop = VirtualLoop(kernel)
    core = Core()
    alive = weakref.ref(core)
    loop.create_task(core.run())
    if after_s:
        kernel.run(kernel.now + int(after_s * 1e6))
    core.never_started.close()
    core.generator = None  # type: ignore[assignment]
    loop.kill()
    del core
    gc.collect()
    before_us = kernel.now
    kernel.run()
    assert kernel.now == before_us, "the timers of a dead core do not move the clock"
    assert (alive() is not None) or not after_s
    loop.dispose()
    gc.collect()
    assert ran == []
    assert can_skip_finalizers()
    assert alive() is None


def test_a_cut_between_two_callbacks_stops_the_batch(kernel: Kernel) -> None:
    for step in range(1, 12):
        loop = VirtualLoop(kernel)
        log: list[str] = []

        async def walks(name: str, log: list[str] = log) -> None:
            try:
                for n in range(4):
                    log.append(f"{name}{n}")
                    await asyncio.sleep(0)
            finally:
                log.append("finally")

        for name in "ab":
            loop.create_task(walks(name))
        loop.cut_at_step(step, loop.kill)
        kernel.run(kernel.now + 1)
        expected = [f"{name}{n}" for n in range(4) for name in "ab"][:step]
        if step < 9:
            assert log == expected
        assert loop.dead == (step <= 10)
        loop.close()


def test_a_dead_loop_takes_callbacks_and_ignores_them(kernel: Kernel, loop: VirtualLoop) -> None:
    future = loop.create_future()
    loop.kill()
    loop.kill()
    future.add_done_callback(lambda _: ran.append("callback"))
    future.set_result(1)
    loop.call_soon(ran.append, "soon")
    kernel.run()
    assert ran == []


def test_at_the_exit_of_the_interpreter_nothing_is_run_or_told() -> None:
    program = """
import asyncio
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
async def core():
    try:
        await asyncio.sleep(10)
    finally:
        print("ran")
kernel = Kernel(0)
loop = VirtualLoop(kernel)
loop.create_task(core())
kernel.run(1000)
loop.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
