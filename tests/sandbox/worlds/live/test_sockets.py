"""The sockets on which live processes listen: what is accepted there is sent at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

from mock_systems.kit.live.serving import listening
from sandbox.worlds.live.core.web_server import bind


@pytest.mark.parametrize("listen", [listening, bind])
def test_an_answer_in_two_writes_does_not_wait_for_an_acknowledgement(
    listen: Callable[[str, int], socket.socket],
) -> None:
    delayed: list[bool] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = writer.get_extra_info("socket")
        delayed.append(not taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    async def call() -> None:
        bound = listen("127.0.0.1", 0)
        async with await asyncio.start_server(answer, sock=bound):
            reader, writer = await asyncio.open_connection(*bound.getsockname())
            await reader.read()
            writer.close()
            await writer.wait_closed()

    asyncio.run(call())
    assert delayed == [False]
