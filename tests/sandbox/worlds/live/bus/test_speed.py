"""A bus on NATS in a world that goes fast: the wall's deadlines stay the wall's, the world's pauses are the world's."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus.config import BusConfig
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.core.paced_loop import new_loop, wall_s
from tests.sandbox.worlds.ports.bus_arenas import Notes

SPEED = 1000.0


def test_it_stays_connected_and_repeats_soon_at_a_thousand_times_life(nats_url: str, tmp_path: Path) -> None:
    notes = Notes()
    attempts: list[float] = []

    async def handle(message: BusMessage) -> None:
        attempts.append(time.monotonic())
        if message.attempt < 4:  # pauses of 0.5, 1 and 2 s of the world's
            raise ValueError("not yet")

    async def case() -> None:
        bus = JetStreamBus(nats_url, notes, BusConfig(), JetStreamConfig(stream=tmp_path.name))
        await bus.open()
        bus.subscribe("billing", ["t"], handle)
        await asyncio.sleep(wall_s(0.7))
        for n in range(20):
            await bus.publish("t", {"id": str(n)})
        async with asyncio.timeout(wall_s(5)):
            while len(attempts) < 80:
                await asyncio.sleep(wall_s(0.01))
        await bus.close()

    with asyncio.Runner(loop_factory=lambda: new_loop(SPEED)) as runner:
        runner.run(case())
    assert not {"bus.lost", "consumer.renewed"} & set(notes.kinds())
    assert attempts[-1] - attempts[0] < 1.5
