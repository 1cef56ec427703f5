"""A core that is ended with `kill -9`: what it had published and not finished comes to the next."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus.in_process import InProcessBus
from sandbox.worlds.live.bus.jetstream import JetStreamBus, JetStreamConfig
from sandbox.worlds.live.bus.letters import LiveBus
from tests.sandbox.worlds.ports.bus_arenas import Notes, until

ROOT = Path(__file__).resolve().parents[5]
SCRIPT = Path(__file__).with_name("dying_core.py")
ACK_WAIT_US = 600_000


async def _dies(url: str, stream: str) -> None:
    """A core process comes so far as the script says, and is killed."""
    core = subprocess.Popen(
        [sys.executable, str(SCRIPT), url, stream],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert core.stdout is not None
    with core.stdout as told:
        lines = {told.readline().strip() for _ in range(20)}
        core.kill()
        core.wait(5)
    assert {f"published {n}" for n in range(10)} <= lines
    assert {f"handled {n}" for n in range(5)} | {f"hanging {n}" for n in range(5, 10)} <= lines


async def _opened(url: str, stream: str) -> LiveBus:
    if url.startswith("file:"):
        local = InProcessBus(Notes(), path=Path(url.removeprefix("file:")))
        local.open()
        return local
    bus = JetStreamBus(url, Notes(), jetstream=JetStreamConfig(stream=stream, ack_wait_us=ACK_WAIT_US))
    await bus.open()
    return bus


@pytest.mark.parametrize("where", ["file", "nats"])
def test_what_a_killed_core_has_not_finished_comes_to_the_next(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"file:{tmp_path / 'bus.log'}" if where == "file" else request.getfixturevalue("nats_url")
    got: list[tuple[int, int]] = []

    async def handle(message: BusMessage) -> None:
        got.append((message.event["n"], message.attempt))

    async def case() -> None:
        await _dies(url, tmp_path.name)
        bus = await _opened(url, tmp_path.name)
        bus.subscribe("billing", ["t"], handle)
        await until(lambda: len(got) == 5)
        await asyncio.sleep(0.1)
        await bus.close()

    asyncio.run(case())
    assert sorted(got) == [(n, 2) for n in range(5, 10)]
