"""Calls between workers over real sockets: answered side by side, refused to strangers, ended though they break."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.core.ports import ConnectFailed, ConnectionLost, Row
from sandbox.worlds.live.core.peers import TcpPeers, greeting
from tests.sandbox.worlds.live.open_stores import Notes

TOKEN = "the-token-of-the-core"


def peers(token: str = TOKEN) -> TcpPeers:
    return TcpPeers(token, 2, Notes())


async def echo(message: Row) -> Row:
    await asyncio.sleep(message.get("after_s", 0))
    return {"echo": message["word"]}


def test_calls_are_answered_each_when_it_is_ready() -> None:
    async def run() -> None:
        one, two = peers(), peers()
        two.serve(echo)
        async with one.listening("127.0.0.1", 0), two.listening("127.0.0.1", 0):
            slow = asyncio.create_task(one.call(two.address, {"word": "slow", "after_s": 0.2}))
            await asyncio.sleep(0)
            quick = await asyncio.gather(*(one.call(two.address, {"word": str(n)}) for n in range(50)))
            assert [reply["echo"] for reply in quick] == [str(n) for n in range(50)]
            assert not slow.done()
            assert await slow == {"echo": "slow"}
            assert await two.call(one.address, {}) == {"failed": "the worker is starting"}

    asyncio.run(run())


def test_a_stranger_is_refused_and_sees_nothing() -> None:
    async def run() -> None:
        stranger, worker = peers("another-token"), peers()
        worker.serve(echo)
        async with stranger.listening("127.0.0.1", 0), worker.listening("127.0.0.1", 0):
            with pytest.raises(ConnectionLost):
                await stranger.call(worker.address, {"word": "let me in"})

    asyncio.run(run())
    assert TOKEN not in greeting(TOKEN)


def test_who_is_not_there_is_told_from_who_has_gone() -> None:
    async def run() -> None:
        one, two = peers(), peers()
        two.serve(echo)
        async with one.listening("127.0.0.1", 0):
            async with two.listening("127.0.0.1", 0):
                waiting = asyncio.create_task(one.call(two.address, {"word": "late", "after_s": 30}))
                await one.call(two.address, {"word": "there"})
            with pytest.raises(ConnectionLost):
                await waiting
            with pytest.raises(ConnectFailed):
                await one.call(two.address, {"word": "gone"})

    asyncio.run(run())


def test_a_call_that_has_come_is_carried_out_though_who_asked_has_died() -> None:
    """Cancelled between its commit and what follows it, an order would be written down and worked on by nobody."""
    done: list[Any] = []

    async def slow(message: Row) -> Row:
        done.append("begun")
        await asyncio.sleep(0.1)
        done.append("done")
        return {}

    async def run() -> None:
        worker = peers()
        worker.serve(slow)
        async with worker.listening("127.0.0.1", 0):
            host, _, port = worker.address.rpartition(":")
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(greeting(TOKEN).encode() + b'\n{"id": 1, "message": {}}\n')
            while not done:
                await asyncio.sleep(0.01)
            writer.transport.abort()  # a reset, as of a process that is killed
            await asyncio.sleep(0.3)

    asyncio.run(run())
    assert done == ["begun", "done"]
