"""The system behind the proxy: requests go on to it as they came, and its responses come back as it sent them."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from sandbox.worlds.live.proxy.exchange import Body, Headers, Incoming, Outgoing, without_hops

_CONNECTS_WITHIN_S: Final = 10.0
# Whoever calls gives up much sooner; this one only keeps a system that never answers from holding connections.
_ANSWERS_WITHIN_S: Final = 600.0
_IDLE_S: Final = 3.0
_CONNECTIONS_MOST: Final = 200
# The proxy reads replies to learn which documents an order has, so they come as they are.
_OUR_OWN: Final = (b"host", b"expect", b"accept-encoding")
_BROKEN: Final = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError)


class NotReached(Exception):
    """No connection to the system: certainly nothing happened there."""


class Lost(ConnectionError):
    """The connection broke, or fell silent, after something was sent: nobody knows what happened."""


class Upstream:
    """Calls the system at `url`, http or https; a path in it stands before each request's own."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None, "settings have checked the URL"
        self._origin = (parts.scheme.encode(), parts.hostname.encode("idna"), parts.port)
        self._prefix = parts.path.rstrip("/")
        self._host = (b"host", parts.netloc.rpartition("@")[2].encode("idna"))
        self._base = f"{parts.scheme}://{parts.netloc}{self._prefix}"
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or (ssl.create_default_context() if parts.scheme == "https" else None),
            max_connections=_CONNECTIONS_MOST,
            keepalive_expiry=_IDLE_S,
        )

    async def send(self, request: Incoming) -> Outgoing:
        """The system's response, whose body streams. Raises NotReached and Lost."""
        scheme, host, port = self._origin
        url = httpcore.URL(scheme=scheme, host=host, port=port, target=(self._prefix + request.target).encode())
        timeouts = {"connect": _CONNECTS_WITHIN_S, "pool": _CONNECTS_WITHIN_S, "read": _ANSWERS_WITHIN_S}
        sent = False

        async def trace(event: str, _: dict[str, Any]) -> None:
            nonlocal sent
            sent = sent or event == "http11.send_request_headers.started"

        try:
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    url,
                    headers=self._headers(request),
                    content=_body(request),
                    extensions={"timeout": timeouts, "trace": trace},
                )
            )
        except _BROKEN as error:
            raise (Lost if sent else NotReached)(str(error) or type(error).__name__) from error
        return Outgoing(response.status, self._as_seen_here(response.headers), _Streaming(response))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    def _headers(self, request: Incoming) -> Headers:
        headers = [(key, value) for key, value in without_hops(request.headers) if key not in _OUR_OWN]
        if request.rest is None and request.header("content-length") is None and request.body:
            headers.append((b"content-length", str(len(request.body)).encode()))
        elif request.rest is not None and request.header("content-length") is None:
            headers.append((b"transfer-encoding", b"chunked"))
        return [self._host, (b"accept-encoding", b"identity"), *headers]

    def _as_seen_here(self, headers: Headers) -> Headers:
        """The response's headers; where it says that something is at the system's address, it is here, too."""
        return [
            (key, self._moved(value) if key.lower() in (b"location", b"content-location") else value)
            for key, value in without_hops(headers)
        ]

    def _moved(self, value: bytes) -> bytes:
        told = value.decode("latin-1")
        for theirs in filter(None, (self._base, self._prefix)):
            if told == theirs or told.startswith(f"{theirs}/"):
                return (told[len(theirs) :] or "/").encode("latin-1")
        return value


def _body(request: Incoming) -> bytes | AsyncIterator[bytes]:
    rest = request.rest
    if rest is None:
        return request.body

    async def whole() -> AsyncIterator[bytes]:
        yield request.body
        async for part in rest:
            yield part

    return whole()


class _Streaming:
    """The body of a response, part by part as it comes."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts. Raises Lost where it breaks off."""
        stream = self._response.stream
        assert isinstance(stream, AsyncIterable)
        try:
            async for part in stream:
                yield part
        except _BROKEN as error:
            raise Lost(str(error) or type(error).__name__) from error

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._response.aclose()


class _Chained:
    """What was read of a body already, and the rest."""

    def __init__(self, head: bytes, parts: AsyncIterator[bytes], body: Body) -> None:
        self._head, self._parts, self._body = head, parts, body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._head
        async for part in self._parts:
            yield part

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._body.aclose()


async def held(answer: Outgoing, most: int | None = None) -> Outgoing:
    """The response with its body as a whole; as a stream still where it is longer than `most` bytes. Raises Lost."""
    body = answer.body
    if isinstance(body, bytes):
        return answer
    raw, parts = b"", aiter(body)
    try:
        async for part in parts:
            raw += part
            if most is not None and len(raw) > most:
                return Outgoing(answer.status, answer.headers, _Chained(raw, parts, body))
    except BaseException:
        await body.aclose()
        raise
    await body.aclose()
    return Outgoing(answer.status, answer.headers, raw)
