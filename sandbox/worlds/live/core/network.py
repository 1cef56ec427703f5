"""Calls from the core to a system: the Http port over real sockets.

HTTP/1.1 on kept connections, by httpcore, the engine of httpx. Which of the three errors a call ends with hangs on one
thing alone: whether the first byte of the request may have left. It never has while there is no connection, or none
free; once it has, the outcome is unknown, whatever broke. So nothing is sent a second time here: that is for the core,
which knows what may be repeated.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpcore

from sandbox.core.ports import (
    CallTimedOut,
    ConnectFailed,
    ConnectionLost,
    HttpReply,
    HttpRequest,
    Observer,
    TransportError,
)
from sandbox.worlds.json_bodies import from_bytes, to_bytes

_SENDING: Final = "http11.send_request_headers.started"
# Connecting ends by itself before the call's deadline: a handshake cancelled from outside leaves its socket open.
_CONNECTING_MOST: Final = 0.95
_REPLY_BYTES_MOST: Final = 16 * 1024 * 1024
_KINDS: Final = {CallTimedOut: "call.timed-out", ConnectFailed: "call.refused", ConnectionLost: "call.broken"}
Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LineConfig:
    """At most `connections` at once, each kept for `idle_s` seconds when there is no call.

    `idle_s` is shorter than servers keep theirs (5 s is common), for a connection that the server closes just then
    loses a call. `tls` is for https: None trusts the machine's certificates.
    """

    connections: int = 64
    idle_s: float = 3.0
    tls: ssl.SSLContext | None = None


class ReplyTooLong(httpcore.NetworkError):
    """The system went on sending: what it said is not known."""


class HttpLine:
    """The Http port to one system, at `url` (http or https; a path in it stands before each request's own).

    `observer` hears of calls without a reply, and of the trace that they belong to.
    """

    def __init__(
        self, system: str, url: str, config: LineConfig | None = None, observer: Observer | None = None
    ) -> None:
        config = config or LineConfig()
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{system}: {url!r} is no http or https URL")
        self._system = system
        self._observer = observer
        self._origin = (parts.scheme.encode(), parts.hostname.encode("idna"), parts.port)
        self._prefix = parts.path.rstrip("/")
        self._host = (b"host", parts.netloc.rpartition("@")[2].encode("idna"))
        tls = config.tls
        if tls is None and parts.scheme == "https":
            tls = ssl.create_default_context()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=config.connections,
            max_keepalive_connections=config.connections,
            keepalive_expiry=config.idle_s,
        )

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send and wait. Raises ConnectFailed, ConnectionLost or CallTimedOut; never for a status.

        A deadline that passes before anything was sent is a ConnectFailed: the system can't have heard.
        """
        sent = False

        async def trace(event: str, _: dict[str, Any]) -> None:
            nonlocal sent
            sent = sent or event == _SENDING

        wire = self._wire(request, trace)
        try:
            async with asyncio.timeout(request.timeout_us / 1_000_000):
                return await self._exchange(wire)
        except (TimeoutError, httpcore.ConnectTimeout):
            within = f"within {request.timeout_us / 1e6:g} s"
            failure = CallTimedOut(f"no reply {within}") if sent else ConnectFailed(f"no connection {within}")
            raise self._told(failure, request) from None
        except httpcore.LocalProtocolError as error:
            raise self._told(ConnectFailed(f"this can't be sent: {error}"), request) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            broken = ConnectionLost if sent else ConnectFailed
            raise self._told(broken(str(error) or type(error).__name__), request) from error

    async def aclose(self) -> None:
        """Close the connections; calls under way break."""
        await self._pool.aclose()

    async def _exchange(self, wire: httpcore.Request) -> HttpReply:
        response = await self._pool.handle_async_request(wire)
        try:
            assert isinstance(response.stream, AsyncIterable)
            raw = await _read(response.stream)
        finally:
            await response.aclose()
        headers = _headers(response.headers)
        return HttpReply(response.status, from_bytes(raw, headers.get("content-type", "")), headers)

    def _wire(self, request: HttpRequest, trace: Trace) -> httpcore.Request:
        content_type = request.headers.get("content-type", "application/json")
        raw = to_bytes(request.body, f"{self._system} {request.method} {request.path}", content_type)
        target = self._prefix + quote(request.path)
        if request.query:
            target = f"{target}?{urlencode(request.query)}"
        headers = [self._host, *((name.encode(), value.encode()) for name, value in request.headers.items())]
        if raw:
            if "content-type" not in request.headers:
                headers.append((b"content-type", b"application/json"))
            headers.append((b"content-length", str(len(raw)).encode()))
        elif request.method not in ("GET", "HEAD", "DELETE"):
            headers.append((b"content-length", b"0"))
        scheme, host, port = self._origin
        url = httpcore.URL(scheme=scheme, host=host, port=port, target=target.encode())
        connect_s = _CONNECTING_MOST * request.timeout_us / 1_000_000
        extensions = {"trace": trace, "timeout": {"connect": connect_s}}
        return httpcore.Request(request.method, url, headers=headers, content=raw, extensions=extensions)

    def _told(self, failure: TransportError, request: HttpRequest) -> TransportError:
        """The failure, noted, with what was called before its message."""
        what = f"{self._system} {request.method} {request.path}"
        if self._observer is not None:
            trace = request.headers.get("traceparent", "")[3:35] or None
            self._observer.note(_KINDS[type(failure)], what, trace=trace, cause=str(failure))
        return type(failure)(f"{what}: {failure}")


async def _read(stream: AsyncIterable[bytes]) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for part in stream:
        parts.append(part)
        length += len(part)
        if length > _REPLY_BYTES_MOST:
            raise ReplyTooLong(f"the reply is longer than {_REPLY_BYTES_MOST} bytes")
    return b"".join(parts)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name; those that came more than once are joined, as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for key, value in raw:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers
