"""The worlds that a case about the Bus port runs in: virtual, in memory, in a file, on NATS."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from mock_systems.kit.streams import Streams
from sandbox.core.ports import Bus, BusMessage
from sandbox.worlds.live.bus import BusConfig, LiveBus
from sandbox.worlds.live.bus.in_process import InProcessBus
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.virtual.bus import BusConfig as VirtualBusConfig
from sandbox.worlds.virtual.bus import VirtualBus
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop

Handle = Callable[[BusMessage], Awaitable[None]]
Case = Callable[["Arena"], Awaitable[None]]
RETRY_US_FIRST, RETRY_US_MAX, MAX_IN_FLIGHT = 20_000, 80_000, 4


class Notes:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Mapping[str, Any]]] = []

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        self.heard.append((kind, entity, detail))

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.heard]


class Arena(Protocol):
    """A world with a bus and one core at a time."""

    def play(self, case: Case) -> None:
        """Run a case to its end."""

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Publish from somewhere that never dies."""

    async def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        """Attach the core of now."""

    async def restart(self) -> None:
        """End the core in the middle of what it is doing, and start another."""


async def until(holds: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Wait until it holds. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.005)


class VirtualArena:
    """The driver and each core have a loop of their own on one kernel."""

    def __init__(self) -> None:
        self._kernel = Kernel(0)
        config = VirtualBusConfig(retry_us_first=RETRY_US_FIRST, retry_us_max=RETRY_US_MAX, max_in_flight=MAX_IN_FLIGHT)
        self._bus = VirtualBus(self._kernel, Streams(1), config)
        self._driver = VirtualLoop(self._kernel, epoch=1)
        self._core = VirtualLoop(self._kernel, epoch=2)
        self._epoch = 2
        self._dead: list[VirtualLoop] = []

    def play(self, case: Case) -> None:
        self._driver.run_until_complete(case(self))
        for loop in (*self._dead, self._core, self._driver):
            loop.close()

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        await self._bus.session(self._driver).publish(topic, event)

    async def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        async def on_the_core() -> None:
            self._bus.session(self._core).subscribe(consumer, topics, handle)

        subscribing = self._core.create_task(on_the_core())
        await until(subscribing.done)
        subscribing.result()

    async def restart(self) -> None:
        self._kernel.at(self._kernel.now, self._cut)
        await until(lambda: self._core.dead)
        self._epoch += 1
        self._core = VirtualLoop(self._kernel, epoch=self._epoch)

    def _cut(self) -> None:
        self._core.kill()
        self._bus.power_cut(self._core)


class LiveArena:
    """A live bus on the standard loop; `opened` opens the bus of the next core."""

    def __init__(self, opened: Callable[[], Awaitable[LiveBus]]) -> None:
        self._opened = opened
        self._bus: LiveBus

    def play(self, case: Case) -> None:
        asyncio.run(self._play(case))

    async def _play(self, case: Case) -> None:
        self._bus = await self._opened()
        try:
            await case(self)
        finally:
            await self._bus.close(0)

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        port: Bus = self._bus
        await port.publish(topic, event)

    async def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        self._bus.subscribe(consumer, topics, handle)

    async def restart(self) -> None:
        await self._bus.close(0)
        self._bus = await self._opened()


def live_config(**more: Any) -> BusConfig:
    """What the cases rely on."""
    settings = {"retry_us_first": RETRY_US_FIRST, "retry_us_max": RETRY_US_MAX, "max_in_flight": MAX_IN_FLIGHT}
    return BusConfig(**{**settings, **more})


async def in_memory() -> LiveBus:
    """A bus that dies with its process."""
    return InProcessBus(Notes(), live_config())


def in_file(path: Path) -> Callable[[], Awaitable[LiveBus]]:
    """A bus that outlives its process."""

    async def opened() -> LiveBus:
        bus = InProcessBus(Notes(), live_config(), path)
        bus.open()
        return bus

    return opened


def on_nats(url: str, stream: str) -> Callable[[], Awaitable[LiveBus]]:
    """A bus on a real server, under a name of its own."""

    async def opened() -> LiveBus:
        bus = JetStreamBus(url, Notes(), live_config(), JetStreamConfig(stream=stream))
        await bus.open()
        return bus

    return opened
