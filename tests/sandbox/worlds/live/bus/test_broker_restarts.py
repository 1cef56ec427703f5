"""The broker stops, is killed, hangs, or loses its data: publishers hear of it, and nothing that it took is lost."""

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.core.ports import BusMessage, ConnectFailed, ConnectionLost, TransportError
from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.parts.nats import NatsServer
from tests.sandbox.worlds.ports.bus_arenas import Notes, until


async def _opened(broker: NatsServer, **more: Any) -> JetStreamBus:
    config = BusConfig(retry_us_first=50_000, retry_us_max=100_000)
    bus = JetStreamBus(broker.url, Notes(), config, JetStreamConfig(ack_wait_us=1_000_000, **more))
    await bus.open()
    return bus


def _into(got: list[int]) -> Callable[[BusMessage], Awaitable[None]]:
    async def handle(message: BusMessage) -> None:
        got.append(message.event["n"])

    return handle


async def _publish_until_heard(bus: JetStreamBus, got: list[int], n: int) -> None:
    async with asyncio.timeout(30):
        while n not in got:
            try:
                await bus.publish("t", {"id": str(n), "n": n})
            except ConnectFailed:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.02)


def test_a_publish_fails_at_once_while_the_broker_is_away_and_goes_on_after(broker: NatsServer) -> None:
    got: list[int] = []

    async def case() -> Notes:
        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], _into(got))
        await bus.publish("t", {"n": 1})
        await until(lambda: got == [1])
        await broker.stop()
        await until(lambda: "bus.lost" in bus.observer.kinds())  # type: ignore[attr-defined]
        async with asyncio.timeout(0.2):
            with pytest.raises(ConnectFailed, match="away"):
                await bus.publish("t", {"n": 2})
        await broker.start()
        await until(lambda: "bus.back" in bus.observer.kinds())  # type: ignore[attr-defined]
        await bus.publish("t", {"n": 3})
        await until(lambda: 3 in got)
        await asyncio.sleep(0.1)
        await bus.close()
        notes: Notes = bus.observer  # type: ignore[assignment]
        return notes

    notes = asyncio.run(case())
    assert got == [1, 3]
    assert notes.kinds().count("bus.lost") == 1


def test_what_a_killed_broker_had_taken_is_handled_all_the_same(broker: NatsServer) -> None:
    taken: set[int] = set()
    handled: set[int] = set()

    async def handle(message: BusMessage) -> None:
        await asyncio.sleep(0.002)
        if message.attempt == 1 and message.event["n"] % 7 == 0:
            raise RuntimeError("not yet")
        handled.add(message.event["n"])

    async def publishes(bus: JetStreamBus) -> None:
        for n in range(600):
            while n not in taken:
                try:
                    await bus.publish("t", {"id": f"e-{n}", "n": n})
                    taken.add(n)
                except TransportError:
                    await asyncio.sleep(0.05)

    async def case() -> None:
        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], handle)
        publishing = asyncio.create_task(publishes(bus))
        for many in (100, 300):
            await until(lambda many=many: len(taken) >= many)  # type: ignore[misc]
            await broker.kill()
            await broker.start()
        await publishing
        await until(lambda: len(handled) == 600)
        await bus.close()

    asyncio.run(case())
    assert handled == taken == set(range(600))


def test_a_publish_that_waits_when_the_connection_breaks_does_not_know(broker: NatsServer) -> None:
    async def case() -> None:
        await broker.start()
        bus = await _opened(broker)
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGSTOP)
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(bus.publish("t", {"id": "1"}))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await broker.kill()
        with pytest.raises(ConnectionLost):
            async with asyncio.timeout(2):
                await waiting
        await bus.close()

    asyncio.run(case())


def test_what_is_finished_while_the_broker_is_away_is_answered_when_it_is_back(broker: NatsServer) -> None:
    begun: list[int] = []

    async def case() -> None:
        away = asyncio.Event()

        async def handle(message: BusMessage) -> None:
            begun.append(message.attempt)
            await away.wait()

        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], handle)
        await bus.publish("t", {})
        await until(lambda: begun)
        await broker.stop()
        away.set()
        await asyncio.sleep(0.2)
        await broker.start()
        await asyncio.sleep(1.8)
        assert await bus.backlog() == 0
        await bus.close()

    asyncio.run(case())
    assert begun == [1]


def test_a_broker_that_hangs_is_given_up_in_time(broker: NatsServer) -> None:
    async def case() -> None:
        await broker.start()
        bus = await _opened(broker, publish_timeout_us=200_000)
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGSTOP)
        await asyncio.sleep(0.05)
        with pytest.raises(TransportError, match="in time"):
            await bus.publish("t", {"id": "1"})
        os.kill(broker.pid, signal.SIGCONT)
        await bus.publish("t", {"id": "1"})
        assert await bus.backlog() == 0
        await bus.close()

    asyncio.run(case())


def test_a_broker_that_has_lost_its_data_gets_its_streams_again(broker: NatsServer) -> None:
    got: list[int] = []

    async def case() -> None:
        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], _into(got))
        await bus.publish("t", {"n": 1})
        await until(lambda: got == [1])
        await broker.kill()
        shutil.rmtree(broker.folder / "jetstream")
        await broker.start()
        await _publish_until_heard(bus, got, 2)
        await bus.close()

    asyncio.run(case())


def test_a_broker_that_refuses_for_a_while_is_asked_again(broker: NatsServer) -> None:
    got: list[int] = []

    async def case() -> None:
        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], _into(got))
        await broker.stop()
        async with NatsServer(broker.folder, broker.port, token="another"):
            await asyncio.sleep(0.8)
            with pytest.raises(ConnectFailed):
                await bus.publish("t", {"n": 1})
        await broker.start()
        await _publish_until_heard(bus, got, 2)
        await bus.close()

    asyncio.run(case())
    assert got == [2]


def test_a_socket_that_breaks_under_a_send_is_a_lost_connection_and_stops_no_consumer(
    broker: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[int] = []

    async def reset(*_: object, **__: object) -> None:
        raise ConnectionResetError("reset by peer")

    async def case() -> None:
        await broker.start()
        bus = await _opened(broker)
        bus.subscribe("billing", ["t"], _into(got))
        await bus.publish("t", {"n": 1})
        await until(lambda: got == [1])
        with monkeypatch.context() as patch:
            patch.setattr(bus._connection.client, "publish", reset)
            with pytest.raises(ConnectionLost, match="reset by peer"):
                await bus.publish("t", {"n": 2})
            bus._pulling["billing"].forget("a test says so")
            await until(lambda: "consumer.renewed" in bus.observer.kinds())  # type: ignore[attr-defined]
            await asyncio.sleep(0.5)
        await bus.publish("t", {"n": 3})
        await until(lambda: 3 in got)
        await bus.close()

    asyncio.run(case())
    assert got == [1, 3]
