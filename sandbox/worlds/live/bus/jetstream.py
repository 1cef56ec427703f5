"""The bus on NATS JetStream: durable pull consumers that several core processes may share, at least once, unordered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nats.errors import Error as NatsError

from sandbox.core.ports import Observer
from sandbox.worlds.live.bus.config import BusConfig, BusCounts, checked_consumer, checked_topic
from sandbox.worlds.live.bus.connection import NatsConnection, end_tasks
from sandbox.worlds.live.bus.dead_stream import DeadStream
from sandbox.worlds.live.bus.deliveries import Deliveries, Handle
from sandbox.worlds.live.bus.letters import BusUnavailable, DeadLetter
from sandbox.worlds.live.bus.pulling import GONE, Pulling
from sandbox.worlds.live.bus.topology import Topology
from sandbox.worlds.live.core.paced_loop import wall_s

_AGAIN_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class JetStreamConfig:
    """What a bus on NATS heeds besides BusConfig; times in microseconds of the wall, in which the broker lives.

    `stream` names it on the server. A message that is neither answered nor prolonged for `ack_wait_us`, because its
    core died, comes to another. An event whose id was published within `duplicate_window_us` is stored once. What
    every consumer is done with is removed every `trim_every_us`; with `bytes_max` held, no more events are taken.
    """

    stream: str = "sandbox"
    ack_wait_us: int = 10_000_000
    duplicate_window_us: int = 120_000_000
    publish_timeout_us: int = 5_000_000
    connect_timeout_us: int = 5_000_000
    trim_every_us: int = 30_000_000
    bytes_max: int = 1 << 30

    def __post_init__(self) -> None:
        checked_consumer(self.stream)
        for name in ("ack_wait_us", "publish_timeout_us", "connect_timeout_us", "trim_every_us", "bytes_max"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0 (got {getattr(self, name)})")
        if self.duplicate_window_us < 100_000:
            raise ValueError(f"duplicate_window_us must be 100000 or more (got {self.duplicate_window_us})")


class JetStreamBus:
    """The Bus port and its LiveBus side, for one event loop."""

    def __init__(
        self,
        url: str,
        observer: Observer,
        config: BusConfig | None = None,
        jetstream: JetStreamConfig | None = None,
        token: str | None = None,
    ) -> None:
        self.config = config or BusConfig()
        self.jetstream = jetstream or JetStreamConfig()
        self.counts = BusCounts()
        self.observer = observer
        self._connection = NatsConnection(url, token, observer, self._back)
        at = self.jetstream
        self._topology = Topology(at.stream, at.bytes_max, at.duplicate_window_us, at.ack_wait_us)
        self._dead = DeadStream(self._connection, self._topology, at.publish_timeout_us)
        self._consumers: dict[str, Deliveries] = {}
        self._pulling: dict[str, Pulling] = {}
        self._pulls: list[asyncio.Task[None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    async def open(self) -> None:
        """Connect, and make the streams. Raises BusUnavailable."""
        await self._connection.open(self.jetstream.connect_timeout_us)
        try:
            await self._topology.ensure_streams(self._connection.jetstream)
        except (OSError, NatsError) as error:
            await self._connection.close()
            raise BusUnavailable(
                f"the bus at {self._connection.place} has no room for its streams ({error}); start nats-server with"
                " JetStream (-js) and disk space"
            ) from error
        self._start(self._prolong(), self._tasks)
        self._start(self._trim(), self._tasks)

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Hand over an event; when this returns the server has it. Raises TransportError.

        One with an `id` that was published just now is stored once, so that publishing again after a doubt is safe.
        """
        payload = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        event_id = event.get("id")
        message_id = f"{topic}/{event_id}" if isinstance(event_id, str) else None
        subject = self._topology.subject(checked_topic(topic))
        await self._connection.publish(subject, payload, message_id, self.jetstream.publish_timeout_us)
        self.counts.published += 1

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        """Attach a durable consumer, here or in many processes. Raises ValueError when this one has it already."""
        if checked_consumer(consumer) in self._consumers:
            raise ValueError(f"consumer {consumer!r} is attached already: one handler for each consumer")
        names = [checked_topic(topic) for topic in topics]
        say, bury = self._connection.say, self._dead.bury
        deliveries = Deliveries(consumer, handle, say, bury, self.config, self.counts, self.observer)
        self._consumers[consumer] = deliveries
        self._start(self._pull(deliveries, names), self._pulls)

    async def backlog(self) -> int:
        """Messages that are waiting or being handled, over all consumers and processes. Raises NatsError."""
        found = await self._topology.consumers(self._connection.jetstream)
        return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in found)

    async def dead_letters(self) -> Sequence[DeadLetter]:
        """The dead letters of all processes, the oldest first. Raises NatsError."""
        return await self._dead.letters()

    async def replay(self, letter: str) -> None:
        """Give a dead letter to its consumer again. Raises KeyError when there is none, TransportError, NatsError."""
        await self._dead.replay(letter)

    async def close(self, grace_us: int = 5_000_000) -> None:
        """Take no more messages, wait so long for handlers, put back the rest at once, and disconnect."""
        if self._closed:
            return
        self._closed = True
        await end_tasks(self._pulls)
        await asyncio.gather(*(each.stop(grace_us) for each in self._consumers.values()))
        await end_tasks(self._tasks)
        await self._connection.close()

    def _start(self, work: Coroutine[Any, Any, None], tasks: list[asyncio.Task[None]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_tell_failure)
        tasks.append(task)

    def _back(self) -> None:
        for pulling in self._pulling.values():
            pulling.forget("the connection broke")

    async def _pull(self, deliveries: Deliveries, topics: Sequence[str]) -> None:
        """Ask for messages for as long as the bus is open; make the consumer, again when the server has lost it."""
        while not self._closed:
            if not self._connection.is_up:
                await asyncio.sleep(wall_s(_AGAIN_S))
                continue
            try:
                await self._pull_once(deliveries, topics)
            except GONE as error:
                self.observer.note("consumer.renewed", deliveries.name, cause=str(error))
                await asyncio.sleep(wall_s(_AGAIN_S))

    async def _pull_once(self, deliveries: Deliveries, topics: Sequence[str]) -> None:
        jetstream, client = self._connection.jetstream, self._connection.client
        await self._topology.ensure_streams(jetstream)
        await self._topology.ensure_consumer(jetstream, deliveries.name, topics)
        pulling = Pulling(client, self._topology.stream, deliveries.name, deliveries.take)
        self._pulling[deliveries.name] = pulling
        deliveries.on_free = pulling.stir
        await pulling.run(deliveries.free, self.config.max_in_flight)

    async def _prolong(self) -> None:
        while True:
            await asyncio.sleep(wall_s(self.jetstream.ack_wait_us / 3_000_000))
            if self._connection.is_up:
                for deliveries in self._consumers.values():
                    await deliveries.prolong()

    async def _trim(self) -> None:
        while True:
            await asyncio.sleep(wall_s(self.jetstream.trim_every_us / 1_000_000))
            try:
                await self._topology.trim(self._connection.jetstream, self.config.unclaimed_max)
            except (OSError, NatsError) as error:
                self.observer.note("bus.untrimmed", self.jetstream.stream, cause=repr(error))


def _tell_failure(task: asyncio.Task[None]) -> None:
    """A mistake of ours in the background is told as any unhandled exception is."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "the bus stopped working", "exception": error, "task": task})
