"""The Bus port, watched: events keep their trace, in spans and in the lines that their handlers log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.core.ports import Bus, BusMessage
from sandbox.worlds.live.core.log import traced

if TYPE_CHECKING:
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans
    from sandbox.worlds.live.core.watching.event_log import EventLog


class WatchedBus:
    """Passes on to `bus`. With `spans`, what is published names its span as the traceparent; `log` keeps it."""

    def __init__(self, bus: Bus, spans: CoreSpans | None, log: EventLog | None = None) -> None:
        self._bus = bus
        self._spans = spans
        self._log = log

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """As the port has it."""
        if self._spans is None:
            await self._tell(topic, event)
            return
        with self._spans.publishing(topic, event) as told:
            await self._tell(topic, told)

    async def _tell(self, topic: str, event: Mapping[str, Any]) -> None:
        if self._log is not None:
            self._log.keep(event)
        await self._bus.publish(topic, event)

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Callable[[BusMessage], Awaitable[None]]) -> None:
        """As the port has it."""
        spans = self._spans

        async def hear(message: BusMessage) -> None:
            with traced(message.event.get("traceparent")):
                if spans is None:
                    await handle(message)
                    return
                with spans.hearing(consumer, message.event, message.attempt):
                    await handle(message)

        self._bus.subscribe(consumer, topics, hear)
