"""Calls an ASGI app with real bytes in virtual time: no server, no socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp

from mock_systems.kit.wire import Answer, Request

NOTHING = object()


def scope_of(request: Request, virtual: dict[str, Any] | None) -> dict[str, Any]:
    """The ASGI scope of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": urlencode(request.query).encode(),
        "headers": [(k.encode(), v.encode()) for k, v in request.headers.items()],
        "server": ("mock", 80),
        "state": {} if virtual is None else {"virtual": virtual},
    }


async def exchange(app: ASGIApp, scope: dict[str, Any], raw: bytes) -> list[dict[str, Any]]:
    """All messages that the app sends for these bytes; the caller hangs up after the body."""
    inbox = [{"type": "http.request", "body": raw, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return inbox.pop(0) if inbox else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def call(
    app: ASGIApp, request: Request, now_us: int, raw: bytes | None = None
) -> tuple[int, Any, dict[str, str], Answer]:
    """Status, body, headers, and the answer that the app left for the network. `raw` replaces the body's JSON."""
    if raw is None:
        raw = b"" if request.body is None else json.dumps(request.body).encode()
    virtual: dict[str, Any] = {"now_us": now_us}
    start, *bodies = asyncio.run(exchange(app, scope_of(request, virtual), raw))
    content = b"".join(message.get("body", b"") for message in bodies)
    headers = {k.decode(): v.decode() for k, v in start["headers"]}
    is_json = headers.get("content-type", "").endswith("json")
    body = json.loads(content) if content and is_json else content.decode() or None
    return start["status"], body, headers, virtual["answer"]
