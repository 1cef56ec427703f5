"""The event bus in virtual time: a durable queue for each consumer, at least once, unordered.

It belongs to the world and outlives the core. What an incarnation was handling when its power was cut comes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mock_systems.kit.streams import Streams
from sandbox.core.ports import BusMessage, ConnectFailed
from sandbox.faults.platform import PlatformFaults
from sandbox.worlds.virtual.consumer import Consumer, Held
from sandbox.worlds.virtual.kernel import Entry, Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.notes import Noting, unnoted
from sandbox.worlds.virtual.power import refuse_dead

Handle = Callable[[BusMessage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BusConfig:
    """How the bus behaves; times in microseconds.

    A publish returns after `publish_us`, a message arrives `deliver_us` later. A handler that raises sees it again
    after `retry_us_first`, doubled each time up to `retry_us_max`. `max_in_flight` messages are handled at once for
    each consumer. `duplicate_share` of the messages come twice, `reorder_share` up to `reorder_us_max` late.
    """

    publish_us: int = 1_000
    deliver_us: int = 2_000
    retry_us_first: int = 500_000
    retry_us_max: int = 60_000_000
    max_in_flight: int = 64
    duplicate_share: float = 0.0
    reorder_share: float = 0.0
    reorder_us_max: int = 5_000_000

    def __post_init__(self) -> None:
        for name in ("publish_us", "deliver_us", "retry_us_first", "retry_us_max", "reorder_us_max"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more (got {getattr(self, name)})")
        for name in ("duplicate_share", "reorder_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1 (got {getattr(self, name)})")
        if self.max_in_flight < 1:
            raise ValueError(f"max_in_flight must be 1 or more (got {self.max_in_flight})")


def subject_of(event: Any) -> tuple[str, str | None]:
    """What a CloudEvent is about, for faults and listeners: its type, and the order that is its subject."""
    if not isinstance(event, Mapping):
        return "", None
    return event.get("type", ""), event.get("subject")


class VirtualBus:
    """The world's bus. Counters: `published` events, `delivered` to handlers, `redelivered` of them, `doubled`.

    `watch` hears the topic and the data of each event that is published.
    """

    def __init__(
        self, kernel: Kernel, streams: Streams, config: BusConfig | None = None, noting: Noting = unnoted
    ) -> None:
        self.kernel = kernel
        self.config = config or BusConfig()
        self.noting = noting
        self.published = self.delivered = self.redelivered = self.doubled = 0
        self._streams = streams
        self._consumers: dict[str, Consumer] = {}
        self._topics: dict[str, list[Consumer]] = {}
        self._unclaimed: dict[str, list[Held]] = {}
        self.faults: PlatformFaults | None = None
        self.watch: Callable[[str, Any], None] | None = None

    def session(self, loop: VirtualLoop) -> BusSession:
        """The Bus port of one incarnation."""
        return BusSession(self, loop)

    def accept(self, topic: str, event: Any) -> None:
        """Hold an event durably. A topic that nobody subscribes to yet keeps its events for the first who does."""
        self.published += 1
        number = self.published
        if self.watch is not None:
            self.watch(topic, event)
        consumers = self._topics.get(topic)
        if consumers is None:
            self._unclaimed.setdefault(topic, []).append(Held(event, number))
            return
        for consumer in consumers:
            self._send(consumer, event, number)

    def attach(self, name: str, topics: Sequence[str], loop: VirtualLoop, handle: Handle) -> None:
        """Connect a consumer of this loop; its queue outlives it."""
        consumer = self._consumers.get(name)
        if consumer is None:
            consumer = self._consumers[name] = Consumer(name, self)
        for topic in topics:
            known = self._topics.setdefault(topic, [])
            if consumer not in known:
                known.append(consumer)
            for held in self._unclaimed.pop(topic, ()):
                self._send(consumer, held.event, held.number)
        consumer.attach(loop, handle)

    def power_cut(self, loop: VirtualLoop) -> None:
        """The core of this loop died: what it was handling will come again."""
        for consumer in self._consumers.values():
            consumer.power_cut(loop)

    def backlog(self) -> int:
        """Messages that are waiting or being handled, over all consumers."""
        return sum(len(consumer) for consumer in self._consumers.values())

    def _send(self, consumer: Consumer, event: Any, number: int) -> None:
        config, now_us = self.config, self.kernel._now
        delay_us = config.deliver_us
        if config.reorder_share and self._streams.fraction("bus-reorder", consumer.name, number) < config.reorder_share:
            delay_us += int(config.reorder_us_max * self._streams.fraction("bus-late", consumer.name, number))
        if self.faults is not None:
            delay_us += self._late_us(self.faults, consumer, event, number)
        self.kernel.push(now_us + delay_us, Arrival(consumer, Held(event, number)))
        if (
            config.duplicate_share
            and self._streams.fraction("bus-twice", consumer.name, number) < config.duplicate_share
        ):
            self.doubled += 1
            late_us = int(config.reorder_us_max * self._streams.fraction("bus-second", consumer.name, number))
            self.kernel.push(now_us + delay_us + late_us, Arrival(consumer, Held(event, number)))

    def _late_us(self, faults: PlatformFaults, consumer: Consumer, event: Any, number: int) -> int:
        """How much later the message comes because of a fault; a second copy is sent here."""
        now_us, subject = self.kernel._now, partial(subject_of, event)
        doubled = faults.strike("bus_doubled", now_us, subject)
        if doubled is not None:
            self.doubled += 1
            at_us = now_us + self.config.deliver_us + doubled.delay_us
            self.kernel.push(at_us, Arrival(consumer, Held(event, number)))
        delayed = faults.strike("bus_delayed", now_us, subject)
        late_us = 0 if delayed is None else delayed.delay_us
        reordered = faults.strike("bus_reordered", now_us, subject)
        if reordered is not None:
            late_us += int(reordered.delay_us * faults.part("late", reordered))
        return late_us


class BusSession:
    """The Bus port as one incarnation holds it."""

    def __init__(self, bus: VirtualBus, loop: VirtualLoop) -> None:
        self._bus = bus
        self._loop = loop

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Hand over an event; when this returns the bus holds it durably. Raises ConnectFailed, IncarnationDead."""
        loop, bus = self._loop, self._bus
        if loop.dead:
            refuse_dead(loop)
        if bus.faults is not None and bus.faults.strike("bus_outage", bus.kernel._now):
            raise ConnectFailed("the bus does not answer")
        held = loop.create_private_future()
        bus.kernel.push(bus.kernel._now + bus.config.publish_us, Publishing(bus, topic, event, loop, held))
        await held

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        """Attach a durable consumer. Raises IncarnationDead."""
        if self._loop.dead:
            refuse_dead(self._loop)
        self._bus.attach(consumer, topics, self._loop, handle)


class Publishing(Entry):
    """An event on its way to the bus: it arrives even when its sender died meanwhile."""

    __slots__ = ("_bus", "_cancelled", "_event", "_held", "_loop", "_topic")

    def __init__(self, bus: VirtualBus, topic: str, event: Any, loop: VirtualLoop, held: asyncio.Future[None]) -> None:
        self._cancelled = False
        self._bus = bus
        self._topic = topic
        self._event = event
        self._loop = loop
        self._held = held

    def fire(self) -> None:
        """Reach the bus."""
        self._bus.accept(self._topic, self._event)
        if not self._loop.dead and not self._held.done():
            self._loop.settle(self._held, None)


class Arrival(Entry):
    """A message on its way to a consumer's queue."""

    __slots__ = ("_cancelled", "_consumer", "_held")

    def __init__(self, consumer: Consumer, held: Held) -> None:
        self._cancelled = False
        self._consumer = consumer
        self._held = held

    def fire(self) -> None:
        """Arrive."""
        self._consumer.put(self._held)
