"""A real NATS server as a part: on its port again after a stop or a kill, with its data, and gone when it is to be."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from sandbox.worlds.live.bus import open_bus
from sandbox.worlds.live.bus.letters import BusUnavailable
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


@pytest.mark.parametrize("token", ["-abc", "12k", "true", "2026-01", "$PATH", 'a"b\\c {}#', "ä ö"])
def test_a_token_is_what_it_is_and_no_number_or_date(token: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with NatsServer(tmp_path / "nats", token=token) as server:
            async with open_bus(server.url, Notes(), token=token) as bus:
                assert await bus.backlog() == 0
            with pytest.raises(BusUnavailable, match="Authorization Violation"):
                async with open_bus(server.url, Notes(), token="another"):
                    raise AssertionError

    asyncio.run(body())


def test_a_configuration_that_it_cannot_read_is_told(tmp_path: Path) -> None:
    async def body() -> None:
        server = NatsServer(tmp_path / "nats", 70_000)
        with pytest.raises(BrokerFailed, match="invalid port"):
            await server.start()
        server = NatsServer(tmp_path / "nats", host="}")
        with pytest.raises(BrokerFailed, match=r"ended with 1: \S"):
            await server.start()

    asyncio.run(body())
