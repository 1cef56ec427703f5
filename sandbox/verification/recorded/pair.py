"""A request and its response as they were recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_IN_PATHS: Final = "~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: `text` None for nothing, or for what was not recorded."""

    text: str | None
    media: str

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return self.media == "application/json" or self.media.endswith("+json")

    def value(self) -> Any:
        """The JSON value. Raises ValueError where it is none."""
        return json.loads(self.text or "")


@dataclass(frozen=True, slots=True)
class Pair:
    """One exchange. `path` is that of the URL, `encoded` as all are; header names are in lower case."""

    line: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Body
    status: int
    reply_headers: Mapping[str, str]
    reply_body: Body

    @property
    def title(self) -> str:
        """As people name it."""
        return f"{self.method} {self.path} {self.status}"


def encoded(path: str) -> str:
    """A path as any spelling of it comes to: what need not be escaped is not, and a slash within a segment is."""
    return "/".join(quote(unquote(segment), safe=_IN_PATHS) for segment in path.split("/"))


def pair_of(
    line: int,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: str | None,
    status: int,
    reply_headers: Mapping[str, str],
    reply_body: str | None,
) -> Pair:
    """A pair from what the formats have."""
    parts = urlsplit(url)
    return Pair(
        line,
        method.upper(),
        encoded(parts.path) or "/",
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers,
        Body(body or None, _media(headers)),
        status,
        reply_headers,
        Body(reply_body or None, _media(reply_headers)),
    )


def _media(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
