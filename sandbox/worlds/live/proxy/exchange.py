"""One HTTP request as it came in at the proxy, and what may go back for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

Headers = list[tuple[bytes, bytes]]

# What is about one connection alone, and does not pass a proxy (RFC 9110, 7.6.1).
HOP_BY_HOP: Final = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)


@dataclass(slots=True)
class Incoming:
    """A request. `body` is all of it, or its beginning where `rest` gives what comes after.

    `target` is path and query as they came; header names are lower case.
    """

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    rest: AsyncIterator[bytes] | None = None
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = unquote(urlsplit(self.target).path)

    def header(self, name: str) -> str | None:
        """A header's value; None where it is not there."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), None)

    def query(self) -> dict[str, str]:
        """The query's values by name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; None where it is none, or not here as a whole."""
        return None if self.rest is not None else as_json(self.body)


class Body(Protocol):
    """A body that comes part by part."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts."""

    async def aclose(self) -> None:
        """Let go of where it comes from."""


@dataclass(slots=True)
class Outgoing:
    """A response: `body` as a whole, or as a stream. Header names as they came."""

    status: int
    headers: Headers
    body: bytes | Body = b""

    def header(self, name: str) -> str | None:
        """A header's value; None where it is not there."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing goes back: the caller waits until it gives up, or with `reset` learns that the connection broke."""

    reset: bool = False


Outcome = Outgoing | Silence


def as_json(raw: bytes) -> Any:
    """What the bytes say as JSON; None where they are none."""
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None


def without_hops(headers: Headers) -> Headers:
    """The headers that go on to the other side: not those of the connection, nor those that it names."""
    named = {
        name.strip().lower() for key, value in headers if key.lower() == b"connection" for name in value.split(b",")
    }
    return [(key, value) for key, value in headers if key.lower() not in HOP_BY_HOP and key.lower() not in named]
