"""One durable consumer on NATS while a core is attached: what it was sent, what it handles, what it answers."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nats.aio.msg import Msg

from sandbox.core.ports import BusMessage, Observer, TransportError
from sandbox.worlds.live.bus.config import BusConfig, BusCounts
from sandbox.worlds.live.core.paced_loop import wall_s

Handle = Callable[[BusMessage], Awaitable[None]]
# Where the message is answered, and the answer.
Say = Callable[[str, bytes], Awaitable[None]]
# consumer, message, attempts, cause: when it returns the letter is kept. Raises TransportError.
Bury = Callable[[str, Msg, int, str], Awaitable[None]]


class Deliveries:
    """Messages that the server has sent and that are not answered yet, by their number in the stream.

    A message is acknowledged after its handler has returned, and put back with a delay when that raises. One that
    comes again while it is still handled, because the server waited too long, is not begun twice.
    """

    def __init__(
        self,
        name: str,
        handle: Handle,
        say: Say,
        bury: Bury,
        config: BusConfig,
        counts: BusCounts,
        observer: Observer,
    ) -> None:
        self.name = name
        self.on_free: Callable[[], None] = lambda: None
        self._handle = handle
        self._say = say
        self._bury = bury
        self._config = config
        self._counts = counts
        self._observer = observer
        self._open: dict[int, Msg] = {}
        self._waiting: deque[int] = deque()
        self._handling: dict[asyncio.Task[None], None] = {}
        self._stopped = False

    def free(self) -> int:
        """For how many more messages there are hands."""
        return 0 if self._stopped else self._config.max_in_flight - len(self._open)

    def take(self, message: Msg) -> None:
        """The server has sent a message."""
        number = message.metadata.sequence.stream
        is_new = number not in self._open
        self._open[number] = message
        if is_new:
            self._waiting.append(number)
            self._pump()

    async def prolong(self) -> None:
        """Tell the server that what it has sent is being worked on."""
        for message in list(self._open.values()):
            await self._say(message.reply, Msg.Ack.Progress)

    async def stop(self, grace_us: int) -> None:
        """Begin nothing more, wait so long for handlers, and put back at once what they have not finished."""
        self._stopped = True
        if self._handling:
            _, slow = await asyncio.wait(self._handling, timeout=grace_us / 1_000_000)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        for number in list(self._open):
            await self._answer(number, Msg.Ack.Nak)

    def _pump(self) -> None:
        while self._waiting and len(self._handling) < self._config.max_in_flight and not self._stopped:
            number = self._waiting.popleft()
            task = asyncio.get_running_loop().create_task(self._deliver(number))
            self._handling[task] = None
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._handling[task]
        self._pump()
        self.on_free()

    async def _deliver(self, number: int) -> None:
        message = self._open[number]
        attempt = message.metadata.num_delivered
        self._counts.delivered += 1
        self._counts.redelivered += attempt > 1
        event = _event(message.data)
        if event is None:
            await self._give_up(number, attempt, "not a JSON object")
            return
        try:
            await self._handle(BusMessage(event, attempt))
        except Exception as error:  # noqa: BLE001  whatever a handler raises, the message comes again
            self._observer.note("delivery.failed", self.name, attempt=attempt, cause=repr(error))
            await self._failed(number, attempt, repr(error))
        else:
            await self._answer(number, Msg.Ack.Ack)

    async def _failed(self, number: int, attempt: int, cause: str) -> None:
        if self._config.is_last(attempt):
            await self._give_up(number, attempt, cause)
        else:
            await self._put_back(number, attempt)

    async def _give_up(self, number: int, attempt: int, cause: str) -> None:
        try:
            await self._bury(self.name, self._open[number], attempt, cause)
        except TransportError as error:
            self._observer.note("delivery.failed", self.name, attempt=attempt, cause=repr(error))
            await self._put_back(number, attempt)
            return
        self._counts.dead += 1
        self._observer.note("delivery.dead", self.name, attempt=attempt, cause=cause)
        await self._answer(number, Msg.Ack.Term)

    async def _put_back(self, number: int, attempt: int) -> None:
        delay = json.dumps({"delay": int(self._config.retry_us(attempt) * 1_000 / wall_s(1))})  # the broker's time
        await self._answer(number, Msg.Ack.Nak + b" " + delay.encode())

    async def _answer(self, number: int, answer: bytes) -> None:
        """Answer the server. If that is lost on the way the message comes once more, which at least once allows."""
        await self._say(self._open.pop(number).reply, answer)


def _event(data: bytes) -> Mapping[str, Any] | None:
    try:
        event = json.loads(data)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
