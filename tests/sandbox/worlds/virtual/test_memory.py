"""The collector is off in a run, so what is over must be let go by its reference counts alone."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.core.ports import HttpReply, HttpRequest, SerializationFailure, Table, TransportError
from sandbox.worlds.virtual.bus import VirtualBus
from sandbox.worlds.virtual.inbound import Inbound
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.network import Network
from sandbox.worlds.virtual.store import MemoryStore

ROUNDS = 60
ROWS = Table("rows")


async def calls(http: Any, store: Any, bus: Any) -> None:
    with suppress(TransportError):
        await http.send(HttpRequest("GET", "/x", timeout_us=1_000_000))


async def given_up_calls(http: Any, store: Any, bus: Any) -> None:
    for after_s in (0.001, 0.3):
        try:
            async with asyncio.timeout(after_s):
                await http.send(HttpRequest("GET", "/x"))
        except (TimeoutError, TransportError):
            pass


async def conflicts(http: Any, store: Any, bus: Any) -> None:
    async def writes(n: int) -> None:
        try:
            async with store.transaction() as tx:
                await tx.get(ROWS, "a")
                await asyncio.sleep(0.01)
                await tx.put(ROWS, "a", {"n": n})
        except SerializationFailure:
            pass

    async with asyncio.TaskGroup() as group:
        for n in range(2):
            group.create_task(writes(n))


async def failing_handlers(http: Any, store: Any, bus: Any) -> None:
    await bus.publish("topic", {"n": 1})
    await asyncio.sleep(2)


def left_by(run: Callable[[], None]) -> dict[str, int]:
    """What only the collector could free after `run`, by type, leaving out what doesn't grow with the rounds."""
    gc.collect()
    gc.disable()
    try:
        run()
        # Counting objects before and after would count tuples that are merely no longer looked after, too.
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = Counter(type(thing).__name__ for thing in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.collect()
        gc.enable()
    return {name: count for name, count in left.items() if count >= ROUNDS // 4}


@pytest.mark.parametrize("work", [calls, given_up_calls, conflicts, failing_handlers], ids=lambda w: w.__name__)
def test_nothing_that_is_over_is_left(
    scripted: Callable[..., Any], work: Callable[[Any, Any, Any], Coroutine[Any, Any, None]]
) -> None:
    kernel = Kernel(0)
    loop, store, bus = VirtualLoop(kernel), MemoryStore(kernel), VirtualBus(kernel, Streams(1))
    answers = [Answer(Reply(200)), Answer(None), Answer(None, reset=True), Answer(None, refused=True)]
    system = scripted(answers=[answers[n % 4] for n in range(4 * ROUNDS)])
    http = Network(kernel, [system], Streams(1)).session(loop)["erp"]

    async def handle(message: Any) -> None:
        if message.attempt == 1:
            raise ValueError

    bus.session(loop).subscribe("consumer", ["topic"], handle)

    async def main() -> None:
        for _ in range(ROUNDS):
            await work(http, store.session(loop), bus.session(loop))

    def run() -> None:
        loop.run_until_complete(main())
        kernel.run()
        system.arrived.clear()

    left = left_by(run)
    loop.close()
    assert left == {}


def test_no_webhook_that_was_answered_is_left() -> None:
    kernel = Kernel(0)
    loop, inbound = VirtualLoop(kernel), Inbound(kernel, Streams(1))
    sender = inbound.transport_of("shop")

    class Receiver:
        async def receive(self, request: HttpRequest) -> HttpReply:
            await asyncio.sleep(0.01)
            return HttpReply(202)

    inbound.core = SimpleNamespace(loop=loop, hub=Receiver())  # type: ignore[assignment]
    answers: Counter[int | None] = Counter()

    def run() -> None:
        for n in range(ROUNDS):
            request = Request("POST", "/", {}, {"webhook-id": str(n)}, {"n": n})
            sender("/webhooks/shop", request, lambda status: answers.update([status]))
            kernel.run(kernel.now + 1_000_000)

    left = left_by(run)
    loop.close()
    assert answers == {202: ROUNDS}
    assert left == {}
