"""A small world for the core's rooms: the virtual loop and store, a scripted bus and system, and an ear for notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from mock_systems.kit.streams import Streams
from sandbox.core.ports import HttpReply, HttpRequest, Store, TransportError
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.store import MemoryStore
from sandbox.worlds.virtual.ties import Ties

START_US = 1_321_228_800_000_000
SECOND_US = 1_000_000
T = TypeVar("T")


class SmallWorld:
    """A kernel with one incarnation's loop at a time, and the store that outlives them. It is a Clock, too."""

    def __init__(self, seed: int = 0, ties: Ties | None = None) -> None:
        self.kernel = Kernel(START_US)
        self.memory = MemoryStore(self.kernel)
        self.draws = Streams(seed)
        self.ties = ties
        self.notes: list[tuple[str, str, dict[str, Any]]] = []
        self._epoch = 0
        self._loops: list[VirtualLoop] = []
        self.start()

    def start(self) -> None:
        """Begin an incarnation."""
        self._epoch += 1
        self.loop = VirtualLoop(self.kernel, epoch=self._epoch, ties=self.ties)
        self._loops.append(self.loop)
        self.store: Store = self.memory.session(self.loop)

    def crash(self) -> None:
        """Cut the power of the incarnation, and begin the next."""
        self.memory.power_cut(self.loop)
        self.loop.kill()
        self.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run until `work` is done."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        """Dispose of every loop."""
        for loop in self._loops:
            loop.close()

    def now_us(self) -> int:
        """UTC in microseconds since 1970."""
        return self.kernel._now

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """Hear a note."""
        self.notes.append((kind, entity, detail))

    def kinds(self) -> list[str]:
        """The kinds of the notes, in order."""
        return [kind for kind, _, _ in self.notes]


class ManualClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at_us = START_US

    def now_us(self) -> int:
        """What it was set to."""
        return self.at_us

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """Hear nothing."""


class ScriptedBus:
    """Takes `latency_us` a publication; `fails(topic, event)` says which ones break."""

    def __init__(self, fails: Callable[[Mapping[str, Any]], bool] = lambda event: False, latency_us: int = 500) -> None:
        self.fails = fails
        self.latency_us = latency_us
        self.published: list[Mapping[str, Any]] = []
        self.attempts = 0

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Publish, or raise TransportError."""
        self.attempts += 1
        await asyncio.sleep(self.latency_us / 1e6)
        if self.fails(event):
            raise TransportError("the bus broke")
        self.published.append(event)

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Any) -> None:
        """Nobody listens here."""


Answer = HttpReply | TransportError


class ScriptedSystem:
    """Gives the answers of a script, the last one again and again; each takes `latency_us`."""

    def __init__(self, clock: SmallWorld, script: Sequence[Answer], latency_us: int = 100_000) -> None:
        self.script = list(script)
        self.latency_us = latency_us
        self.sent_us: list[int] = []
        self.in_flight = self.peak = 0
        self._clock = clock

    async def send(self, request: HttpRequest) -> HttpReply:
        """The next answer of the script."""
        self.sent_us.append(self._clock.now_us())
        answer = self.script[min(len(self.sent_us), len(self.script)) - 1]
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            await asyncio.sleep(self.latency_us / 1e6)
        finally:
            self.in_flight -= 1
        if isinstance(answer, TransportError):
            raise answer
        return answer
