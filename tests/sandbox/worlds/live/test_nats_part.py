"""A real NATS server as a part: on its port again after a stop or a kill, with its data, and gone when it is to be."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from sandbox.worlds.live.bus import open_bus
from sandbox.worlds.live.parts import BrokerFailed, NatsServer
from tests.sandbox.worlds.ports.bus_arenas import Notes


def test_it_comes_back_on_its_port_with_its_data(tmp_path: Path) -> None:
    async def body() -> None:
        server = NatsServer(tmp_path / "nats")
        await server.start()
        url, first = server.url, server.pid
        with pytest.raises(ValueError, match="runs already"):
            await server.start()
        async with open_bus(url, Notes()) as bus:
            await bus.publish("t", {"n": 1})
        await server.kill()
        await server.start()
        assert server.url == url
        second = server.pid
        async with open_bus(url, Notes()) as bus:
            bus.subscribe("c", ["t"], _hang)
            await asyncio.sleep(0.2)
            assert await bus.backlog() == 1
        await server.stop()
        await server.stop()
        assert server.pid is None
        for ended in (first, second):
            assert ended is not None
            with pytest.raises(ProcessLookupError):
                os.kill(ended, 0)

    asyncio.run(body())


async def _hang(message: object) -> None:
    raise RuntimeError


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    async def body() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            server = NatsServer(tmp_path / "nats", port)
            with pytest.raises(BrokerFailed, match=f"127.0.0.1:{port} .*address already in use.*another port"):
                await server.start()
            assert server.pid is None

    asyncio.run(body())
