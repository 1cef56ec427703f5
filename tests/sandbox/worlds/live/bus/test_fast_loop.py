"""The bus on NATS under a core whose time runs a thousand times as fast: the broker's does not."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.core.paced_loop import PacedLoop, wall_s
from tests.sandbox.worlds.ports.bus_arenas import Notes

SPEED = 1000
RETRY_US = 200_000_000  # of the world: 0.2 s of the wall


def test_a_fast_world_is_no_reason_to_doubt_the_broker(nats_url: str, tmp_path: Path) -> None:
    notes, attempts, done = Notes(), list[float](), asyncio.Event()

    async def handle(message: BusMessage) -> None:
        attempts.append(time.monotonic())
        if message.attempt < 3:
            raise ValueError("not yet")
        done.set()

    async def case() -> None:
        config = BusConfig(retry_us_first=RETRY_US, retry_us_max=RETRY_US)
        bus = JetStreamBus(nats_url, notes, config, JetStreamConfig(stream=tmp_path.name))
        await bus.open()
        try:
            bus.subscribe("billing", ["t"], handle)
            await asyncio.sleep(wall_s(0.6))  # in which nothing is said: ten minutes of the world
            await bus.publish("t", {"id": "1"})
            async with asyncio.timeout(wall_s(5)):
                await done.wait()
        finally:
            await bus.close()

    with asyncio.Runner(loop_factory=lambda: PacedLoop(SPEED)) as runner:
        runner.run(case())
    assert notes.kinds() == ["delivery.failed", "delivery.failed"], "the connection and the consumer were there"
    pauses = [later - earlier for earlier, later in pairwise(attempts)]
    assert all(0.15 < pause < 2 for pause in pauses), pauses
