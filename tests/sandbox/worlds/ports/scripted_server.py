"""A server on a real socket that does to each request what it was told, and notes what arrived."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mock_systems.kit.wire import Answer, Request

Write = Callable[[asyncio.StreamWriter], Awaitable[bool]]


@dataclass
class ScriptedServer:
    """Each request takes the next step: it writes what it will, and says whether the connection is kept."""

    steps: list[Write] = field(default_factory=list)
    arrived: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ScriptedServer]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self.writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.writers.append(writer)
        try:
            while True:
                self.arrived.append(await read_request(reader))
                step = self.steps.pop(0) if self.steps else reply(200, {"n": len(self.arrived)})
                if not await step(writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.open -= 1
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Request(method, unquote(parts.path), dict(parse_qsl(parts.query)), headers, json.loads(raw) if raw else None)


def head_of(status: int, headers: dict[str, str], length: int) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()


def reply(status: int, body: Any = None, headers: dict[str, str] | None = None, after_s: float = 0) -> Write:
    """A whole reply; the connection is kept."""
    is_text = isinstance(body, str)
    raw = b"" if body is None else body.encode() if is_text else json.dumps(body).encode()
    head = {} if body is None or is_text else {"content-type": "application/json"}

    async def write(writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(after_s)
        writer.write(head_of(status, {**head, **(headers or {})}, len(raw)) + raw)
        await writer.drain()
        return True

    return write


def raw_then_close(raw: bytes, *, after_s: float = 0, reset: bool = False) -> Write:
    """These bytes, then the end: in good order, or with `reset` as if the machine had died."""

    async def write(writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(after_s)
        writer.write(raw)
        await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        return False

    return write


def dripping(raw: bytes, every_s: float) -> Write:
    """One byte at a time."""

    async def write(writer: asyncio.StreamWriter) -> bool:
        for n in range(len(raw)):
            writer.write(raw[n : n + 1])
            await writer.drain()
            await asyncio.sleep(every_s)
        return True

    return write


async def silence(writer: asyncio.StreamWriter) -> bool:
    """Nothing, for longer than anybody waits."""
    await asyncio.sleep(60)
    return False


def as_answered(answer: Answer) -> Write:
    """What the virtual network makes of this answer, done with sockets."""
    if answer.reply is not None:
        got = answer.reply
        return reply(got.status, got.body, got.headers, answer.after_us / 1e6)
    if answer.reset:
        return raw_then_close(b"", after_s=answer.after_us / 1e6, reset=True)
    return silence
