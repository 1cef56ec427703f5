"""What only the bus on NATS has: cores that share, doubles, slow handlers, a bounded stream, refusals at the start."""

import asyncio
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.ports import BusMessage, ConnectFailed
from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.bus.letters import BusUnavailable
from sandbox.worlds.live.parts import NatsServer
from tests.sandbox.worlds.ports.bus_arenas import Notes, live_config, until


async def _opened(url: str, stream: str, token: str | None = None, **more: Any) -> JetStreamBus:
    bus = JetStreamBus(url, Notes(), live_config(), JetStreamConfig(stream=stream, **more), token)
    await bus.open()
    return bus


def test_cores_share_the_messages_of_a_consumer(nats_url: str, tmp_path: Path) -> None:
    got: dict[str, list[int]] = {"one": [], "two": []}

    async def case() -> None:
        buses = {name: await _opened(nats_url, tmp_path.name) for name in got}
        for name, bus in buses.items():

            async def handle(message: BusMessage, name: str = name) -> None:
                await asyncio.sleep(0.005)
                got[name].append(message.event["n"])

            bus.subscribe("billing", ["t"], handle)
        await asyncio.sleep(0.1)
        for n in range(60):
            await buses["one"].publish("t", {"n": n})
        await until(lambda: sum(map(len, got.values())) == 60)
        await asyncio.sleep(0.05)
        for bus in buses.values():
            await bus.close()

    asyncio.run(case())
    assert sorted(got["one"] + got["two"]) == list(range(60))
    assert min(len(got["one"]), len(got["two"])) > 5


def test_an_event_that_is_published_twice_is_stored_once(nats_url: str, tmp_path: Path) -> None:
    got: Counter[str] = Counter()

    async def handle(message: BusMessage) -> None:
        got[message.event["id"]] += 1

    async def case() -> None:
        bus = await _opened(nats_url, tmp_path.name)
        bus.subscribe("billing", ["t", "u"], handle)
        for topic, event_id in (("t", "1"), ("t", "1"), ("t", "2"), ("u", "1")):
            await bus.publish(topic, {"id": event_id})
        await until(lambda: got.total() == 3)
        await asyncio.sleep(0.1)
        await bus.close()

    asyncio.run(case())
    assert got == {"1": 2, "2": 1}


def test_a_slow_handler_keeps_its_message_to_itself(nats_url: str, tmp_path: Path) -> None:
    begun: list[int] = []

    async def handle(message: BusMessage) -> None:
        begun.append(message.attempt)
        await asyncio.sleep(1.0)

    async def case() -> None:
        buses = [await _opened(nats_url, tmp_path.name, ack_wait_us=300_000) for _ in range(2)]
        for bus in buses:
            bus.subscribe("billing", ["t"], handle)
        await buses[0].publish("t", {})
        await until(lambda: begun)
        await asyncio.sleep(1.5)
        assert await buses[0].backlog() == 0
        for bus in buses:
            await bus.close()

    asyncio.run(case())
    assert begun == [1]


def test_what_everyone_is_done_with_is_removed_and_nothing_else(nats_url: str, tmp_path: Path) -> None:
    async def done(message: BusMessage) -> None: ...

    async def failing(message: BusMessage) -> None:
        if message.event["n"] >= 3:
            raise RuntimeError

    async def case() -> list[int]:
        config = JetStreamConfig(stream=tmp_path.name, trim_every_us=200_000)
        bus = JetStreamBus(nats_url, Notes(), BusConfig(retry_us_first=10_000_000, unclaimed_max=2), config)
        await bus.open()
        bus.subscribe("billing", ["t"], done)
        bus.subscribe("telling", ["t"], failing)
        for n in range(6):
            await bus.publish("t", {"n": n})
        for n in range(5):
            await bus.publish("nobodys", {"n": n})
        await asyncio.sleep(0.7)
        left = (await bus._connection.jetstream.stream_info(tmp_path.name, subjects_filter=">")).state.subjects or {}
        await bus.close()
        return [left[f"{tmp_path.name}.topic.{topic}"] for topic in ("t", "nobodys")]

    assert asyncio.run(case()) == [3, 2]


def test_a_full_stream_refuses_events_and_loses_none(nats_url: str, tmp_path: Path) -> None:
    async def case() -> tuple[int, int]:
        bus = await _opened(nats_url, tmp_path.name, bytes_max=20_000)
        taken = 0

        async def fill() -> None:
            nonlocal taken
            while taken < 100:
                await bus.publish("t", {"text": "x" * 1_000})
                taken += 1

        with pytest.raises(ConnectFailed, match="maximum bytes"):
            await fill()
        info = await bus._connection.jetstream.stream_info(tmp_path.name)
        await bus.close()
        return taken, info.state.messages

    taken, stored = asyncio.run(case())
    assert 10 < taken == stored


def test_an_event_that_is_too_large_is_refused(nats_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        bus = await _opened(nats_url, tmp_path.name)
        with pytest.raises(ConnectFailed, match="MaxPayload"):
            await bus.publish("t", {"text": "x" * (9 << 20)})
        await bus.publish("t", {"text": "short"})
        await bus.close()

    asyncio.run(case())


def test_a_dead_broker_at_the_start_is_told_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async def case() -> None:
        with pytest.raises(
            BusUnavailable, match=f"nats://127.0.0.1:{port} does not answer .*Connect call failed"
        ) as told:
            await _opened(f"nats://me:s3cret@127.0.0.1:{port}", "s", connect_timeout_us=300_000)
        assert "s3cret" not in str(told.value)

    asyncio.run(case())


def test_a_wrong_token_and_a_right_one(broker: NatsServer) -> None:
    async def case() -> None:
        async with NatsServer(broker.folder, token="s3cret") as locked:
            for token in (None, "wrong"):
                with pytest.raises(BusUnavailable, match=r"(?i)authorization violation"):
                    await _opened(locked.url, "s", token, connect_timeout_us=8_000_000)
            bus = await _opened(locked.url, "s", "s3cret")
            await bus.publish("t", {})
            await bus.close()
        written = [path for path in broker.folder.rglob("*") if path.is_file()]
        assert not [path for path in written if b"s3cret" in path.read_bytes()]

    asyncio.run(case())
