"""The proxy's front: HTTP/1.1 on a port that can be closed and opened again, and connections that can be broken.

A web server answers whatever comes; this one has to be able not to. Refused means that nobody listens; broken, that
the connection is reset before a byte of an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import h11

from mock_systems.kit.live.serving import listening
from sandbox.worlds.live.proxy.exchange import Headers, Incoming, Outcome, Outgoing, Silence

_READS: Final = 65_536
_BACKLOG: Final = 512
_OPENS_WITHIN_S: Final = 5.0
_LOG: Final = logging.getLogger(__name__)
# Lingering for no time at all: closing sends a reset.
_AT_ONCE: Final = struct.pack("ii", 1, 0)

Answering = Callable[[Incoming], Awaitable[Outcome]]


class _CallerGone(Exception):
    """The other side has closed its connection."""


class Front:
    """Listens on one port and has each request answered by `answer`.

    Bodies of up to `held_bytes` are read before `answer` is asked; of longer ones the rest is streamed.
    """

    def __init__(self, host: str, port: int, answer: Answering, held_bytes: int = 1_048_576) -> None:
        self._host, self._port = host, port
        self._answer = answer
        self.held_bytes = held_bytes
        self._server: asyncio.Server | None = None
        self._talks: dict[_Talk, asyncio.Task[None]] = {}

    @property
    def is_open(self) -> bool:
        """Whether anybody listens."""
        return self._server is not None

    async def open(self, bound: socket.socket | None = None) -> None:
        """Listen, on the socket that is bound already if one is given. Raises OSError where the port is taken."""
        if self._server is None:
            bound = bound or await self._bound_again()
            self._server = await asyncio.start_server(self._begin, sock=bound, backlog=_BACKLOG)

    async def close(self) -> None:
        """Refuse connections from now on; those that are idle are closed, the others when their answer has gone."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for talk in list(self._talks):
            talk.end()

    async def stop(self, within_s: float) -> None:
        """Close, and let answers under way go out for so long."""
        await self.close()
        talks = list(self._talks.values())
        if talks:
            _, late = await asyncio.wait(talks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _bound_again(self) -> socket.socket:
        # Somebody's outgoing connection may have got the port meanwhile, for a moment.
        async with asyncio.timeout(_OPENS_WITHIN_S):
            while True:
                try:
                    return listening(self._host, self._port)
                except OSError:
                    await asyncio.sleep(0.05)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(reader, writer, self._answer, self.held_bytes)
        task = self._talks[talk] = asyncio.create_task(talk.run(), name="answers a caller")
        task.add_done_callback(lambda _: self._talks.pop(talk, None))


class _Talk:
    """One connection, request after request."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answering, held_bytes: int
    ) -> None:
        self._reader, self._writer = reader, writer
        self._answer = answer
        self._held_bytes = held_bytes
        self._http = h11.Connection(h11.SERVER)
        self._ending = False
        self._idle = True

    def end(self) -> None:
        """Close at the next moment at which nobody waits for an answer."""
        self._ending = True
        if self._idle:
            self._writer.transport.abort()

    async def run(self) -> None:
        try:
            while await self._one():
                self._http.start_next_cycle()
        except (_CallerGone, ConnectionError, h11.LocalProtocolError):
            pass  # nobody is there to be told
        except h11.RemoteProtocolError as error:
            await self._say(Outgoing(error.error_status_hint, [(b"content-length", b"0"), (b"connection", b"close")]))
        except Exception:  # noqa: BLE001  one call that can't be passed on must not end the others
            _LOG.exception("a call could not be passed on")
            self._break()
        finally:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _one(self) -> bool:
        """Answer one request; whether another may come on this connection."""
        self._idle = True
        event = await self._next()
        if not isinstance(event, h11.Request):
            return False
        self._idle = False
        outcome = await self._answer(await self._incoming(event))
        if isinstance(outcome, Silence):
            await self._fall_silent(outcome)
            return False
        await self._say(outcome)
        # What was not read of the request's body would be taken for the next request.
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE and not self._ending

    async def _incoming(self, request: h11.Request) -> Incoming:
        method, target = request.method.decode("ascii"), request.target.decode("latin-1")
        headers: Headers = list(request.headers)
        held = b""
        async for part in self._parts():
            held += part
            if len(held) > self._held_bytes:
                return Incoming(method, target, headers, held, self._parts())
        return Incoming(method, target, headers, held)

    async def _parts(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._next()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                if isinstance(event, h11.ConnectionClosed):
                    raise _CallerGone
                return event  # type: ignore[return-value]
            if self._http.they_are_waiting_for_100_continue:
                await self._write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))
            self._http.receive_data(await self._reader.read(_READS))

    async def _say(self, answer: Outgoing) -> None:
        headers = [*answer.headers, (b"connection", b"close")] if self._ending else answer.headers
        body = answer.body
        if isinstance(body, bytes):
            response = h11.Response(status_code=answer.status, headers=_with_length(headers, body))
            await self._write(self._http.send(response), self._http.send(h11.Data(data=body)))
        else:
            try:
                await self._write(self._http.send(h11.Response(status_code=answer.status, headers=headers)))
                async for part in body:
                    await self._write(self._http.send(h11.Data(data=part)))
            finally:
                await body.aclose()
        await self._write(self._http.send(h11.EndOfMessage()))

    async def _write(self, *parts: bytes | None) -> None:
        self._writer.write(b"".join(filter(None, parts)))
        await self._writer.drain()

    async def _fall_silent(self, silence: Silence) -> None:
        if silence.reset:
            self._break()
            return
        while await self._reader.read(_READS):
            pass  # whatever else it says

    def _break(self) -> None:
        connection = self._writer.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._writer.transport.abort()


def _with_length(headers: Headers, body: bytes) -> Headers:
    """The headers with the body's length, where they don't tell one (of a HEAD it is that of the body left out)."""
    told = any(key.lower() in (b"content-length", b"transfer-encoding") for key, _ in headers)
    return headers if told or not body else [*headers, (b"content-length", str(len(body)).encode())]
