"""Calls between the workers of one core: JSON objects, one a line, on a kept TCP connection for each direction.

Who connects shows first that it has the core's token, without sending it. With `tls` both sides show certificates.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from itertools import count
from typing import Any, Final

from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, Observer, Row
from sandbox.worlds.live.core.paced_loop import wall_s

LINE_BYTES_MOST: Final = 64 * 1024 * 1024
_CALL_S: Final = 15.0
_CONNECT_S: Final = 2.0
_GREETING_BYTES_MOST: Final = 1024
_PURPOSE: Final = b"the workers of one sandbox core"

Answer = Callable[[Row], Awaitable[Row]]


def greeting(token: str) -> str:
    """What a worker shows to the others: it proves that it has the core's token, and does not tell it."""
    return hmac.new(token.encode(), _PURPOSE, sha256).hexdigest()


class TcpPeers:
    """The Peers port. Deadlines here are the wall's."""

    def __init__(
        self,
        token: str,
        expected: int,
        observer: Observer,
        tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
    ) -> None:
        self.address = ""
        self.expected = expected
        self._greeting = greeting(token)
        self._observer = observer
        self._tls = tls
        self._answer: Answer | None = None
        self._lines: dict[str, asyncio.Task[_Line]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    def serve(self, answer: Answer) -> None:
        """Have calls answered by `answer` from now on; those that come before are told to come again."""
        self._answer = answer

    async def call(self, address: str, message: Row) -> Row:
        """What the worker there answers. Raises ConnectFailed, ConnectionLost or CallTimedOut."""
        line = await self._line(address)
        try:
            async with asyncio.timeout(wall_s(_CALL_S)):
                return await line.call(message)
        except TimeoutError:
            raise CallTimedOut(f"the worker at {address} does not answer within {_CALL_S:g} s") from None
        except ConnectionError as error:
            raise ConnectionLost(f"the worker at {address}: {error}") from error

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[None]:
        """Take calls while the block lasts. Raises OSError where the port can't be had."""
        server = await asyncio.start_server(
            self._take, host, port, limit=LINE_BYTES_MOST, ssl=self._tls and self._tls[0]
        )
        bound = server.sockets[0].getsockname()
        self.address = f"{bound[0]}:{bound[1]}"
        try:
            yield
        finally:
            server.close()
            await self._close()

    async def _close(self) -> None:
        lines = list(self._lines.values())
        for task in (*self._serving, *lines):
            task.cancel()
        ended = await asyncio.gather(*lines, return_exceptions=True)
        for line in ended:
            if isinstance(line, _Line):
                await line.close()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _line(self, address: str) -> _Line:
        """The connection to a worker; those who want it at once wait for the same."""
        task = self._lines.get(address)
        if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().is_broken)):
            task = self._lines[address] = asyncio.get_running_loop().create_task(self._connect(address))
        try:
            return await asyncio.shield(task)
        except (OSError, TimeoutError) as error:
            raise ConnectFailed(f"no worker answers at {address}: {error}") from error

    async def _connect(self, address: str) -> _Line:
        host, _, port = address.rpartition(":")
        async with asyncio.timeout(wall_s(_CONNECT_S)):
            reader, writer = await asyncio.open_connection(
                host, int(port), limit=LINE_BYTES_MOST, ssl=self._tls and self._tls[1]
            )
        writer.write(self._greeting.encode() + b"\n")
        return _Line(reader, writer)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of another worker. Calls that have come are carried out though it breaks: half of one is none.

        Not cancelled with it, they end by themselves, or when this worker stops.
        """
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            shown = (await reader.readline()).strip()
            if len(shown) > _GREETING_BYTES_MOST or not hmac.compare_digest(shown, self._greeting.encode()):
                self._observer.note("worker.refused", str(writer.get_extra_info("peername")))
                return
            while raw := await reader.readline():
                replying = asyncio.get_running_loop().create_task(self._reply(json.loads(raw), writer))
                self._serving.add(replying)
                replying.add_done_callback(self._serving.discard)
        except (OSError, ValueError, asyncio.CancelledError):
            return  # it has gone, or we go
        finally:
            self._serving.discard(task)
            writer.close()

    async def _reply(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        reply = {"failed": "the worker is starting"} if self._answer is None else await self._answer(asked["message"])
        if not writer.is_closing():
            writer.write(_line_of({"id": asked["id"], "reply": reply}))
            with suppress(ConnectionError):
                await writer.drain()


class _Line:
    """A connection to another worker: many calls at once, answered in any order."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Row]] = {}
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))

    @property
    def is_broken(self) -> bool:
        """Whether it carries nothing any more."""
        return self._reading.done()

    async def call(self, message: Row) -> Row:
        """Ask and wait. Raises ConnectionError."""
        if self.is_broken:
            raise ConnectionResetError("the connection is broken")
        number = next(self._numbers)
        answered: asyncio.Future[Row] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            self._writer.write(_line_of({"id": number, "message": message}))
            await self._writer.drain()
            return await answered
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End it; calls under way break."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while raw := await reader.readline():
                told = json.loads(raw)
                waiting = self._waiting.get(told["id"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(told["reply"])
        except (OSError, ValueError):
            pass  # broken, as at its end
        finally:
            self._writer.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the connection broke"))


def _line_of(told: Row) -> bytes:
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
