"""The five mock systems on one socket, in wall time: what a core process is tried against."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mock_systems.kit import signing
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Request
from sandbox.core.ports import HttpRequest, TransportError
from sandbox.demand import Demand, synthetic_demand
from sandbox.demand.synthetic import SyntheticDemand
from sandbox.runs.estate import Estate, build_estate
from sandbox.runs.scenario_file import SystemsBlock
from sandbox.worlds.json_bodies import to_bytes
from sandbox.worlds.live.core.network import HttpLine
from sandbox.worlds.live.core.web_server import WebServer, bind
from sandbox.worlds.virtual.kernel import Kernel

START_US = 1_321_261_200_000_000  # Monday, 14 November 2011, 09:00 UTC
DAY_US = 86_400_000_000


class LiveEstate:
    """Systems whose physics run `speed` times as fast as the wall; `core` is where their webhooks go."""

    def __init__(self, speed: float, tls: ssl.SSLContext | None = None) -> None:
        self.speed = speed
        self.wall_us = time.time_ns() // 1000
        streams = Streams(7)
        self.demand: Demand = synthetic_demand(SyntheticDemand(orders_per_day=60), START_US, 1, streams)
        self.systems: Estate = build_estate(self.demand.opening, streams, SystemsBlock(), DAY_US)
        self.kernel = Kernel(START_US)
        self.listener = bind("127.0.0.1", 0)
        self.tls = tls
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.listener.getsockname()[1]}"
        self.core: HttpLine | None = None
        self._sending: set[asyncio.Task[None]] = set()
        for system in self.systems.values():
            system.webhooks.transport = self._sender(system.webhooks.secret)
            system.start(self.kernel)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LiveEstate]:
        server = WebServer(self._answer, 1, tls=self.tls)
        serving = asyncio.create_task(server.serve(sockets=[self.listener]))
        physics = asyncio.create_task(self._pass_time())
        try:
            yield self
        finally:
            physics.cancel()
            for task in self._sending:
                task.cancel()
            server.should_exit = True
            await asyncio.gather(physics, serving, *self._sending, return_exceptions=True)

    def now_us(self) -> int:
        return START_US + int((time.time_ns() // 1000 - self.wall_us) * self.speed)

    def place(self, count: int) -> list[str]:
        """Place the first orders of the demand at the shop; their numbers."""
        placed = []
        for order in self.demand.orders[:count]:
            request = Request("POST", "/orders", {}, {"authorization": "Bearer shopper-commerce"}, order.as_request())
            self._advance()
            reply = self.systems["commerce"].receive(request, self.kernel.now).reply
            assert reply is not None
            assert reply.status == 201, reply
            placed.append(reply.body["order"])
        return placed

    def facts(self, system: str, kind: str) -> list[str]:
        """The orders of the facts of this kind."""
        return [str(fact.order) for fact in self.systems[system].ledger.facts if fact.kind == kind]

    async def _pass_time(self) -> None:
        while True:
            self._advance()
            await asyncio.sleep(0.005)

    def _advance(self) -> None:
        if self.now_us() > self.kernel.now:
            self.kernel.run(self.now_us())

    async def _answer(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        name, _, path = scope["path"].lstrip("/").partition("/")
        raw = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {key.decode(): value.decode("latin-1") for key, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode()))
        self._advance()
        request = Request(scope["method"], f"/{path}", query, headers, json.loads(raw) if raw else None)
        answer = self.systems[name].receive(request, self.kernel.now)
        await asyncio.sleep(answer.after_us / 1e6 / self.speed)
        assert answer.reply is not None
        body = to_bytes(answer.reply.body, name)
        content = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        own = [(key.encode(), value.encode()) for key, value in answer.reply.headers.items() if key != "content-type"]
        await send({"type": "http.response.start", "status": answer.reply.status, "headers": [*content, *own]})
        await send({"type": "http.response.body", "body": body})

    def _sender(self, secret: str) -> Callable[..., None]:
        def send(url: str, request: Request, done: Callable[[int | None], None]) -> None:
            task = asyncio.get_running_loop().create_task(self._deliver(secret, url, request, done))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

        return send

    async def _deliver(self, secret: str, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        status = None
        if self.core is not None:
            try:
                status = (
                    await self.core.send(signed(secret, urlsplit(url).path, request.headers, request.body))
                ).status
            except TransportError:
                status = None
        done(status)


def signed(secret: str, path: str, headers: Mapping[str, str], body: Any, at_s: int | None = None) -> HttpRequest:
    """A webhook as it goes out."""
    now_s = int(time.time()) if at_s is None else at_s
    signature = signing.sign(secret, headers["webhook-id"], now_s, to_bytes(body, "webhook"))
    stamped = {**headers, "webhook-timestamp": str(now_s), "webhook-signature": signature}
    return HttpRequest("POST", path, {}, stamped, body)
