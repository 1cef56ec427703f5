"""Dead letters: after so many attempts, or unreadable; listed, kept over a restart, replayed to one consumer alone."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus.in_process import InProcessBus
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.bus.letters import LiveBus
from tests.sandbox.worlds.ports.bus_arenas import Notes, live_config, until

Opening = Callable[[], Awaitable[LiveBus]]


@pytest.fixture(params=["file", "nats"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    config = live_config(attempts_max=3)
    url = request.getfixturevalue("nats_url") if request.param == "nats" else ""

    async def opened() -> LiveBus:
        if not url:
            local = InProcessBus(Notes(), config, tmp_path / "bus.log")
            local.open()
            return local
        bus = JetStreamBus(url, Notes(), config, JetStreamConfig(stream=tmp_path.name))
        await bus.open()
        return bus

    return opened


class Handlers:
    """Two consumers of one topic: billing fails while it is `broken`."""

    def __init__(self) -> None:
        self.broken = True
        self.billed: list[tuple[Any, int]] = []
        self.told: list[Any] = []

    async def bill(self, message: BusMessage) -> None:
        self.billed.append((message.event["n"], message.attempt))
        if self.broken:
            raise RuntimeError("no such customer")

    async def tell(self, message: BusMessage) -> None:
        self.told.append(message.event["n"])

    def attach(self, bus: LiveBus) -> None:
        bus.subscribe("billing", ["order.shipped"], self.bill)
        bus.subscribe("telling", ["order.shipped"], self.tell)


def test_a_message_is_a_dead_letter_after_so_many_attempts_and_can_be_replayed(opening: Opening) -> None:
    handlers = Handlers()

    async def case() -> None:
        bus = await opening()
        handlers.attach(bus)
        await bus.publish("order.shipped", {"n": 7})
        await until(lambda: bus.counts.dead)
        await asyncio.sleep(0.15)
        assert handlers.billed == [(7, 1), (7, 2), (7, 3)]
        await bus.close()

        bus = await opening()
        (letter,) = await bus.dead_letters()
        assert (letter.consumer, letter.topic, letter.event) == ("billing", "order.shipped", {"n": 7})
        assert (letter.attempts, letter.cause) == (3, "RuntimeError('no such customer')")
        assert await bus.backlog() == 0
        handlers.attach(bus)
        handlers.broken = False
        await bus.replay(letter.letter)
        await until(lambda: len(handlers.billed) == 4)
        await asyncio.sleep(0.1)
        assert await bus.dead_letters() == []
        with pytest.raises(KeyError):
            await bus.replay(letter.letter)
        with pytest.raises(KeyError):
            await bus.replay("nobody/1")
        await bus.close()

    asyncio.run(case())
    assert handlers.billed[3:] == [(7, 1)]
    assert handlers.told == [7]


def test_what_is_no_json_object_is_a_dead_letter_at_once(nats_url: str, tmp_path: Path) -> None:
    got: list[Any] = []

    async def handle(message: BusMessage) -> None:
        got.append(message.event)

    async def case() -> None:
        config = JetStreamConfig(stream=tmp_path.name)
        bus = JetStreamBus(nats_url, Notes(), live_config(), config)
        await bus.open()
        bus.subscribe("billing", ["t"], handle)
        for body in (b"{", b"[1]", b"\xff"):
            await bus._connection.publish(f"{tmp_path.name}.topic.t", body, None, 1_000_000)
        await bus.publish("t", {"n": 1})
        await until(lambda: bus.counts.dead == 3 and got)
        assert sorted(letter.event for letter in await bus.dead_letters()) == ["[1]", "{", "\ufffd"]
        await bus.close()

    asyncio.run(case())
    assert got == [{"n": 1}]
