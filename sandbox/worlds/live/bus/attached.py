"""One consumer of the in-process bus while a core is attached: what waits for its handler, and what it handles."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from sandbox.core.ports import BusMessage, Observer
from sandbox.worlds.live.bus.config import BusConfig

Handle = Callable[[BusMessage], Awaitable[None]]


class Books(Protocol):
    """Where deliveries are written down: the bus."""

    config: BusConfig
    observer: Observer

    def begin(self, number: int, name: str) -> int:
        """A delivery begins; which one it is, from 1."""

    def event(self, number: int) -> Mapping[str, Any]:
        """The event of this number."""

    def finish(self, number: int, name: str) -> None:
        """A handler has returned."""

    def bury(self, number: int, name: str, cause: str) -> None:
        """A message is given up."""


class Attached:
    """Hands each message to the handler, so many at once, and again with back-off when that raises."""

    def __init__(self, name: str, books: Books, handle: Handle, owed: Iterable[int]) -> None:
        self.name = name
        self._books = books
        self._handle = handle
        self._waiting = deque(owed)
        self._handling: dict[asyncio.Task[None], None] = {}
        self._retries: dict[int, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._stopped = False
        self._pump()

    def put(self, number: int) -> None:
        """A message has come, or its time has come again."""
        self._retries.pop(number, None)
        self._waiting.append(number)
        self._pump()

    def stop(self) -> list[asyncio.Task[None]]:
        """Begin nothing more; what is being handled still."""
        self._stopped = True
        for retry in self._retries.values():
            retry.cancel()
        return list(self._handling)

    def _pump(self) -> None:
        most = self._books.config.max_in_flight
        while self._waiting and len(self._handling) < most and not self._stopped:
            number = self._waiting.popleft()
            attempt = self._books.begin(number, self.name)
            task = self._loop.create_task(self._deliver(number, attempt))
            self._handling[task] = None
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._handling[task]
        self._pump()

    async def _deliver(self, number: int, attempt: int) -> None:
        books = self._books
        try:
            await self._handle(BusMessage(books.event(number), attempt))
        except Exception as error:  # noqa: BLE001  whatever a handler raises, the message comes again
            books.observer.note("delivery.failed", self.name, attempt=attempt, cause=repr(error))
            self._failed(number, attempt, repr(error))
        else:
            books.finish(number, self.name)

    def _failed(self, number: int, attempt: int, cause: str) -> None:
        config = self._books.config
        if config.is_last(attempt):
            self._books.bury(number, self.name, cause)
        elif not self._stopped:
            self._retries[number] = self._loop.call_later(config.retry_us(attempt) / 1_000_000, self.put, number)
