"""Calls from the core to a system: the Http port over real sockets.

HTTP/1.1 on kept connections, by aiohttp. Which of the three errors a call ends with hangs on one thing alone: whether
the first byte of the request may have left. It never has while there is no connection, or none free; once it has, the
outcome is unknown, whatever broke. So nothing is sent a second time here: that is for the core, which knows what may
be repeated.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from yarl import URL

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

# Connecting ends by itself before the call's deadline, so that a call that is late has certainly been sent.
_CONNECTING_MOST: Final = 0.95
_REPLY_BYTES_MOST: Final = 16 * 1024 * 1024
_KINDS: Final = {CallTimedOut: "call.timed-out", ConnectFailed: "call.refused", ConnectionLost: "call.broken"}
_UNSENDABLE: Final = frozenset("\r\n\0")
_OURS_ALONE: Final = frozenset(("User-Agent", "Accept", "Accept-Encoding", "Content-Type"))
# A deadline is what it says: by default those of more than five seconds are rounded up.
_EXACT_UP_TO_S: Final = 1e9


@dataclass(frozen=True, slots=True)
class LineConfig:
    """At most `connections` at once, each kept for `idle_s` seconds when there is no call.

    `idle_s` is shorter than servers keep theirs (5 s is common), for a connection that the server closes just then
    loses a call. `tls` is for https: None trusts the machine's certificates.
    """

    connections: int = 64
    idle_s: float = 3.0
    tls: ssl.SSLContext | None = None


class _Broken(aiohttp.ClientError):
    """The connection broke, or the system went on sending, once the request may have left."""


class HttpLine:
    """The Http port to one system, at `url` (http or https; a path in it stands before each request's own).

    `observer` hears of calls without a reply, and of the trace that they belong to.
    """

    def __init__(
        self, system: str, url: str, config: LineConfig | None = None, observer: Observer | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{system}: {url!r} is no http or https URL")
        self._system = system
        self._observer = observer
        host = parts.netloc.rpartition("@")[2].encode("idna").decode()
        self._prefix = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        self._config = config or LineConfig()
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send and wait. Raises ConnectFailed, ConnectionLost or CallTimedOut; never for a status.

        A deadline that passes before anything was sent is a ConnectFailed: the system can't have heard.
        """
        timeout_s = request.timeout_us / 1_000_000
        for name, value in request.headers.items():
            if not _UNSENDABLE.isdisjoint(value):
                raise self._told(ConnectFailed(f"this can't be sent: a line break in header {name}"), request)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(request, timeout_s)
        except aiohttp.ConnectionTimeoutError:
            raise self._told(ConnectFailed(f"no connection within {timeout_s:g} s"), request) from None
        except TimeoutError:
            raise self._told(CallTimedOut(f"no reply within {timeout_s:g} s"), request) from None
        except aiohttp.ClientConnectorError as error:
            raise self._told(ConnectFailed(str(error)), request) from error
        except aiohttp.ClientError as error:
            raise self._told(ConnectionLost(str(error) or type(error).__name__), request) from error

    async def aclose(self) -> None:
        """Close the connections; calls under way break."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, request: HttpRequest, timeout_s: float) -> HttpReply:
        headers, raw = self._written(request)
        query = f"?{urlencode(request.query)}" if request.query else ""
        url = URL(f"{self._prefix}{quote(request.path)}{query}", encoded=True)
        timeout = aiohttp.ClientTimeout(connect=_CONNECTING_MOST * timeout_s, ceil_threshold=_EXACT_UP_TO_S)
        session = self._session or self._opened()
        asked = session.request(
            request.method, url, headers=headers, data=raw or None, timeout=timeout, allow_redirects=False
        )
        async with asked as response:
            said = await _read(response.content)
            got = _headers(response.raw_headers)
        return HttpReply(response.status, from_bytes(said, got.get("content-type", "")), got)

    def _written(self, request: HttpRequest) -> tuple[dict[str, str], bytes]:
        """Headers and body as they go out."""
        content_type = request.headers.get("content-type", "application/json")
        raw = to_bytes(request.body, f"{self._system} {request.method} {request.path}", content_type)
        headers = dict(request.headers)
        if raw:
            headers["content-type"] = content_type
        elif request.method not in ("GET", "HEAD", "DELETE"):
            headers["content-length"] = "0"
        return headers, raw

    def _opened(self) -> aiohttp.ClientSession:
        config = self._config
        connector = aiohttp.TCPConnector(
            limit=config.connections, keepalive_timeout=config.idle_s, ssl=True if config.tls is None else config.tls
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_OURS_ALONE,
            timeout=aiohttp.ClientTimeout(),
            middlewares=(_once,),
        )
        return self._session

    def _told(self, failure: TransportError, request: HttpRequest) -> TransportError:
        """The failure, noted, with what was called before its message."""
        what = f"{self._system} {request.method} {request.path}"
        if self._observer is not None:
            trace = request.headers.get("traceparent", "")[3:35] or None
            self._observer.note(_KINDS[type(failure)], what, trace=trace, cause=str(failure))
        return type(failure)(f"{what}: {failure}")


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending a second time what broke on a kept connection, which it does for GET, PUT, DELETE."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Broken(str(error) or type(error).__name__) from error


async def _read(content: aiohttp.StreamReader) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for part in content.iter_any():
        parts.append(part)
        length += len(part)
        if length > _REPLY_BYTES_MOST:
            raise _Broken(f"the reply is longer than {_REPLY_BYTES_MOST} bytes")
    return b"".join(parts)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name; those that came more than once are joined, as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for key, value in raw:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers
