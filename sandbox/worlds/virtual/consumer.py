"""One consumer of the bus: its durable queue, and what it is handling."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.core.ports import BusMessage
from sandbox.worlds.virtual.loop import VirtualLoop

if TYPE_CHECKING:
    from sandbox.worlds.virtual.bus import VirtualBus

Handle = Callable[[BusMessage], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Held:
    """An event that a consumer still owes; `number` is its place on the bus, `attempt` counts deliveries."""

    event: Any
    number: int
    attempt: int = 0


class Consumer:
    """A durable queue under a name; while a core is attached, its messages are handled."""

    def __init__(self, name: str, bus: VirtualBus) -> None:
        self.name = name
        self._bus = bus
        self._waiting: deque[Held] = deque()
        self._handling: dict[Held, None] = {}
        self._loop: VirtualLoop | None = None
        self._handle: Handle | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._handling)

    def put(self, held: Held) -> None:
        """A message arrived."""
        self._waiting.append(held)
        self._pump()

    def attach(self, loop: VirtualLoop, handle: Handle) -> None:
        """A core handles the messages from now on; what a frozen one has not finished comes to this one, too.

        Raises ValueError when another one that lives does already.
        """
        if self._loop is not None:
            if not self._loop.frozen:
                raise ValueError(f"consumer {self.name!r} is attached already: one handler for each consumer")
            unfinished = [Held(held.event, held.number, held.attempt) for held in self._handling]
            self._waiting.extendleft(reversed(unfinished))
            self._handling = {}
        self._loop, self._handle = loop, handle
        self._pump()

    def power_cut(self, loop: VirtualLoop) -> None:
        """The core died: what it was handling is first in line for the next."""
        if self._loop is loop:
            self._loop = self._handle = None
            self._waiting.extendleft(reversed(self._handling))
            self._handling = {}

    def _pump(self) -> None:
        loop, most = self._loop, self._bus.config.max_in_flight
        while loop is not None and self._waiting and len(self._handling) < most:
            held = self._waiting.popleft()
            held.attempt += 1
            self._bus.delivered += 1
            self._bus.redelivered += held.attempt > 1
            self._handling[held] = None
            loop.begin(self._deliver(held))

    async def _deliver(self, held: Held) -> None:
        handle = self._handle
        assert handle is not None
        done = False
        try:
            await handle(BusMessage(held.event, held.attempt))
            done = True
        except Exception as error:  # noqa: BLE001  whatever a handler raises, the message comes again
            self._bus.noting("bus", "delivery.failed", self.name, None, {"attempt": held.attempt, "error": repr(error)})
        finally:
            self._over(held, done)

    def _over(self, held: Held, done: bool) -> None:
        if self._handling.pop(held, self) is self:
            return  # another core has taken it over
        if not done:
            config, kernel = self._bus.config, self._bus.kernel
            delay_us = min(config.retry_us_max, config.retry_us_first << min(held.attempt - 1, 40))
            kernel.at(kernel._now + delay_us, lambda: self.put(held))
        self._pump()
