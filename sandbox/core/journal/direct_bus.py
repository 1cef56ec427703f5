"""Where a design has no bus: an event is handed to its consumer by a call, and is published when the call returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import BusMessage, TransportError


class DirectBus:
    """Takes the place of a Bus inside one core: at least once, because what fails is published again."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Callable[[BusMessage], Awaitable[None]]]] = {}

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Have the event handled. Raises TransportError where the system that shall be told is away."""
        for handle in self._handlers.get(topic, ()):
            try:
                await handle(BusMessage(event, 1))
            except SystemUnavailable as away:
                raise TransportError(str(away)) from away

    def subscribe(self, consumer: str, topics: Sequence[str], handle: Callable[[BusMessage], Awaitable[None]]) -> None:
        """Attach a consumer."""
        for topic in topics:
            self._handlers.setdefault(topic, []).append(handle)
