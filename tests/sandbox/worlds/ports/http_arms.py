"""The Http port in either world, before a system that gives the answers it was told to give."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.core.ports import Http
from sandbox.worlds.live.core.network import HttpLine
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.latency import NetworkConfig
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.network import Network
from tests.sandbox.worlds.ports.scripted_server import ScriptedServer, as_answered

Calls = Callable[[Http], Awaitable[Any]]


@dataclass
class Exchange:
    """What the calls came to, what arrived, and how long it took."""

    result: Any
    arrived: list[Request]
    took_s: float


@dataclass
class _Scripted:
    answers: list[Answer]
    arrived: list[Request] = field(default_factory=list)
    name: str = "erp"

    def receive(self, request: Request, now_us: int) -> Answer:
        self.arrived.append(request)
        return self.answers.pop(0) if self.answers else Answer(Reply(200, {"n": len(self.arrived)}))


def virtual(answers: list[Answer], calls: Calls) -> Exchange:
    kernel = Kernel(1_321_228_800_000_000)
    loop = VirtualLoop(kernel)
    system = _Scripted(list(answers))
    config = NetworkConfig(latency_us_min=1_000, latency_us_mean=1_000)
    http = Network(kernel, [system], Streams(7), config).session(loop)["erp"]
    since_us = kernel.now
    result = loop.run_until_complete(calls(http))
    took_s = (kernel.now - since_us) / 1e6
    kernel.run(kernel.now + 10_000_000)
    return Exchange(result, system.arrived, took_s)


def live(answers: list[Answer], calls: Calls) -> Exchange:
    return asyncio.run(_live(list(answers), calls))


async def _live(answers: list[Answer], calls: Calls) -> Exchange:
    server = ScriptedServer([as_answered(answer) for answer in answers])
    async with server.serving():
        refused = any(answer.refused for answer in answers)
        line = HttpLine("erp", f"http://127.0.0.1:{free_port()}" if refused else server.url)
        since = asyncio.get_running_loop().time()
        try:
            result = await calls(line)
        finally:
            await line.aclose()
        return Exchange(result, server.arrived, asyncio.get_running_loop().time() - since)


def free_port() -> int:
    """One at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


ARMS = {"virtual": virtual, "live": live}
