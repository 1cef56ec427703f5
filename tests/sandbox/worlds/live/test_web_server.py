"""The core's web server on a real socket: it ends what is under way, and takes no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.core.ports import ConnectFailed, HttpRequest
from sandbox.worlds.live.core.network import HttpLine
from sandbox.worlds.live.core.web_server import PortInUse, WebServer, bind


class Slow:
    """An app that takes a while; `asked` is set when a request has come."""

    def __init__(self, takes_s: float) -> None:
        self.takes_s = takes_s
        self.asked = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.set()
        await asyncio.sleep(self.takes_s)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


Play = Callable[[HttpLine, Slow, WebServer, "asyncio.Task[None]"], Awaitable[None]]


def played(takes_s: float, drain_s: float, play: Play) -> None:
    async def run() -> None:
        bound = bind("127.0.0.1", 0)
        app = Slow(takes_s)
        server = WebServer(app, drain_s)
        line = HttpLine("core", f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(ConnectFailed):
            await line.send(HttpRequest("GET", "/", timeout_us=500_000))
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started:
                await asyncio.sleep(0.01)
            await play(line, app, server, serving)
        finally:
            server.should_exit = True
            await serving
            await line.aclose()
            bound.close()

    asyncio.run(run())


def test_a_request_under_way_is_answered_and_a_new_one_refused() -> None:
    async def play(line: HttpLine, app: Slow, server: WebServer, serving: asyncio.Task[None]) -> None:
        under_way = asyncio.create_task(line.send(HttpRequest("GET", "/")))
        await app.asked.wait()
        server.should_exit = True
        await asyncio.sleep(0.25)
        with pytest.raises(ConnectFailed):
            await line.send(HttpRequest("GET", "/", timeout_us=500_000))
        assert (await under_way).status == 204
        await serving

    played(0.6, 5, play)


def test_what_takes_longer_than_it_may_is_cut_off() -> None:
    async def play(line: HttpLine, app: Slow, server: WebServer, serving: asyncio.Task[None]) -> None:
        under_way = asyncio.create_task(line.send(HttpRequest("GET", "/")))
        await app.asked.wait()
        server.should_exit = True
        since = time.monotonic()
        await serving
        assert time.monotonic() - since < 2.5
        assert server.server_state.tasks
        await server.cut_off()
        assert not server.server_state.tasks
        assert (await under_way).status == 500, "its sender comes again"

    played(30, 1, play)


def test_two_cannot_have_one_port() -> None:
    with bind("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(PortInUse, match="choose another port"):
            bind("127.0.0.1", first.getsockname()[1])
