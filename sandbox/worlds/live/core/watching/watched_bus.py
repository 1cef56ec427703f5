"""The Bus port, watched: events keep their trace, in spans and in the lines that their handlers log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.core.ports import Bus, BusMessage
from sandbox.worlds.live.core.log import traced

if TYPE_CHECKING:
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans


class WatchedBus:
    """Passes on to `bus`. With `spans`, what is published names its span as the traceparent."""

    def __init__(self, bus: Bus, spans: CoreSpans | None) -> None:
        self._bus = bus
        self._spans = spans

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """As the port has it."""
        if self._spans is None:
            await self._bus.publish(topic, event)
            return
        with self._spans.publishing(topic, event) as told:
            await self._bus.publish(topic, told)

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
