"""What the live bus carries: events from publish to the end of their handler, against nats-py on JetStream."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import nats
from nats.errors import TimeoutError as NatsTimeout

from sandbox.core.ports import BusMessage
from sandbox.worlds.live.bus import BusConfig, open_bus
from sandbox.worlds.live.parts import NatsServer

_EVENTS = 4_000
_AT_ONCE = 64
_DATA = {"order": "W-000001", "status": "accepted", "version": 1, "lines": [{"sku": "A", "quantity": 3}] * 4}

Publish = Callable[[dict[str, Any]], Awaitable[None]]


class _Silent:
    """Hears nothing."""

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """Nobody asks."""


def rows() -> list[dict[str, Any]]:
    """One row for each bus; `ratio` is ours / baseline."""
    with tempfile.TemporaryDirectory() as folder:
        in_process = asyncio.run(_ours(f"file:{folder}/core.bus"))
        shared, baseline = asyncio.run(_on_nats(Path(folder) / "nats"))
    return [
        {
            "name": f"events published and handled on {name}, against {_AT_ONCE} tasks on JetStream by nats-py alone",
            "unit": "1/s",
            "ours": round(ours),
            "baseline": round(baseline),
            "ratio": round(ours / baseline, 2),
        }
        for name, ours in (("the bus with a log in its process", in_process), ("the bus on NATS", shared))
    ]


async def _on_nats(folder: Path) -> tuple[float, float]:
    async with NatsServer(folder) as server:
        return await _ours(server.url), await _plain(server.url)


async def _ours(url: str) -> float:
    handled = _Handled()
    async with open_bus(url, _Silent(), BusConfig(max_in_flight=_AT_ONCE), stream="bench") as bus:

        async def handle(message: BusMessage) -> None:
            handled.one()

        bus.subscribe("bench", ["order.milestone"], handle)
        return await handled.pace(lambda event: bus.publish("order.milestone", event))


async def _plain(url: str) -> float:
    handled = _Handled()
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.add_stream(name="plain", subjects=["plain.>"])
    pulled = await stream.pull_subscribe("plain.order", durable="plain")

    async def pull() -> None:
        while True:
            with suppress(NatsTimeout):
                for message in await pulled.fetch(_AT_ONCE, timeout=1):
                    json.loads(message.data)
                    handled.one()
                    await message.ack()

    async def publish(event: dict[str, Any]) -> None:
        await stream.publish("plain.order", json.dumps(event).encode())

    pulling = asyncio.create_task(pull())
    try:
        return await handled.pace(publish)
    finally:
        pulling.cancel()
        await asyncio.gather(pulling, return_exceptions=True)
        await client.close()


class _Handled:
    """Counts what was handled, and tells when that is all."""

    def __init__(self) -> None:
        self._count = 0
        self._all = asyncio.Event()

    def one(self) -> None:
        """One more."""
        self._count += 1
        if self._count >= _EVENTS:
            self._all.set()

    async def pace(self, publish: Publish) -> float:
        """Publish all, so many at once, and wait for their handling; how many a second."""
        numbers = iter(range(_EVENTS))

        async def keep_on() -> None:
            for number in numbers:
                await publish({"id": f"E-{number}", "type": "order.milestone", "data": _DATA})

        began_s = time.perf_counter()
        await asyncio.gather(*(keep_on() for _ in range(_AT_ONCE)))
        await self._all.wait()
        return _EVENTS / (time.perf_counter() - began_s)


if __name__ == "__main__":
    for row in rows():
        print(f"{row['name']}: {row['ours']} {row['unit']}, baseline {row['baseline']}, ratio {row['ratio']}")
