"""The bus inside one core process: a durable queue for each consumer, at least once, unordered.

It behaves as the virtual one. With a log it outlives its process: what was being handled comes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.core.ports import ConnectFailed, Observer
from sandbox.worlds.live.bus.attached import Attached, Handle
from sandbox.worlds.live.bus.config import BusConfig, BusCounts, checked_consumer, checked_topic
from sandbox.worlds.live.bus.event_log import EventLog
from sandbox.worlds.live.bus.held import ATTEMPTED, DEAD, DONE, PUBLISHED, REPLAYED, SUBSCRIBED, Held
from sandbox.worlds.live.bus.letters import DeadLetter


class InProcessBus:
    """The Bus port and its LiveBus side, for one event loop. Without a path it holds everything in memory alone."""

    def __init__(self, observer: Observer, config: BusConfig | None = None, path: Path | None = None) -> None:
        self.config = config or BusConfig()
        self.counts = BusCounts()
        self.observer = observer
        self._held = Held(self.config.unclaimed_max)
        self._log = None if path is None else EventLog(path)
        self._attached: dict[str, Attached] = {}
        self._closed = False

    def open(self) -> None:
        """Read the log. Raises BusUnavailable."""
        if self._log is not None:
            self._log.open(self._held)

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Hand over an event; when this returns the log has it. Raises ConnectFailed when that is full or closed."""
        if self._closed:
            raise ConnectFailed("the bus is closed")
        number = self._held.last_number + 1
        try:
            self._write(PUBLISHED, number, checked_topic(topic), event)
        except OSError as error:
            raise ConnectFailed(f"the bus's log cannot be written: {error}") from error
        self.counts.published += 1
        for name in self._held.publish(number, topic, event):
            if name in self._attached:
                self._attached[name].put(number)
        await asyncio.sleep(0)

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Handle) -> None:
        """Attach a durable consumer. Raises ValueError when there is one of this name already, OSError from the log."""
        if checked_consumer(consumer) in self._attached:
            raise ValueError(f"consumer {consumer!r} is attached already: one handler for each consumer")
        names = [checked_topic(topic) for topic in topics]
        known = self._held.consumers.get(consumer)
        if known is None or any(topic not in known.topics for topic in names):
            self._write(SUBSCRIBED, consumer, names)
            self._held.subscribe(consumer, names)
        owed = sorted(self._held.consumers[consumer].attempts)
        self._attached[consumer] = Attached(consumer, self, handle, owed)

    async def backlog(self) -> int:
        """Messages that are waiting or being handled, over all consumers."""
        return sum(len(owed.attempts) for owed in self._held.consumers.values())

    async def dead_letters(self) -> Sequence[DeadLetter]:
        """The dead letters, the oldest first."""
        dead = [
            (number, name, attempts, cause)
            for name, owed in self._held.consumers.items()
            for number, (attempts, cause) in owed.dead.items()
        ]
        return [self._letter(*each) for each in sorted(dead)]

    async def replay(self, letter: str) -> None:
        """Give a dead letter to its consumer again. Raises KeyError when there is none."""
        dead = {f"{name}/{n}": (n, name) for name, owed in self._held.consumers.items() for n in owed.dead}
        number, name = dead[letter]
        self._write(REPLAYED, number, name)
        self._held.revive(number, name)
        if name in self._attached:
            self._attached[name].put(number)

    async def close(self, grace_us: int = 5_000_000) -> None:
        """Hand out nothing more, wait so long for handlers, cancel the rest, and let go of the log."""
        if self._closed:
            return
        self._closed = True
        handling = [task for attached in self._attached.values() for task in attached.stop()]
        if handling:
            _, slow = await asyncio.wait(handling, timeout=grace_us / 1_000_000)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        if self._log is not None:
            self._log.close()

    def event(self, number: int) -> Mapping[str, Any]:
        """The event of this number."""
        return self._held.events[number].event

    def begin(self, number: int, name: str) -> int:
        """A delivery begins; which one it is, from 1."""
        self._note_down(ATTEMPTED, number, name)
        attempt = self._held.attempt(number, name)
        self.counts.delivered += 1
        self.counts.redelivered += attempt > 1
        return attempt

    def finish(self, number: int, name: str) -> None:
        """A handler has returned."""
        self._note_down(DONE, number, name)
        self._held.finish(number, name)

    def bury(self, number: int, name: str, cause: str) -> None:
        """A message is given up."""
        self._note_down(DEAD, number, name, cause)
        self._held.bury(number, name, cause)
        self.counts.dead += 1
        self.observer.note("delivery.dead", name, cause=cause)

    def _write(self, *entry: Any) -> None:
        log = self._log
        if log is None:
            return
        if log.is_long:
            try:
                log.shorten(self._held)
            except OSError as error:
                self.observer.note("bus.log_failed", "shorten", cause=str(error))
        log.append(entry)

    def _note_down(self, *entry: Any) -> None:
        """As `_write`; without this entry the message comes once more after a restart, which at least once allows."""
        try:
            self._write(*entry)
        except OSError as error:
            self.observer.note("bus.log_failed", str(entry[0]), cause=str(error))

    def _letter(self, number: int, name: str, attempts: int, cause: str) -> DeadLetter:
        held = self._held.events[number]
        return DeadLetter(f"{name}/{number}", name, held.topic, held.event, attempts, cause)
