"""The way in to the core over HTTP: an ASGI app that turns bytes into the hub's requests, and its replies into bytes.

`POST /webhooks/{system}` needs a right signature, `GET /health` and `GET /ready` nothing, all else the core's token.
What is done with that token, and who is refused, is in the audit trail, which `GET /audit` shows.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from mock_systems.kit.live.audit import Asked, AuditTrail
from sandbox.core.experience.api import method_not_allowed, problem
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.worlds.json_bodies import to_bytes
from sandbox.worlds.live.core.edge_operations import EDGE_OPERATIONS
from sandbox.worlds.live.core.gate import Gate
from sandbox.worlds.live.core.log import JsonLog, traced

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_BYTES_MOST: Final = 1_048_576
_WEBHOOKS: Final = "/webhooks/"


class Hub(Protocol):
    """The sync core, as it is served."""

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer a call from outside."""


class ClientGone(Exception):
    """The caller left before it had sent its request."""


class HubApp:
    """Serves `hub` behind `gate`. `ready` says what it still waits for, or None: nothing. `audit` keeps the trail."""

    def __init__(
        self,
        hub: Hub,
        gate: Gate,
        log: JsonLog,
        ready: Callable[[], str | None],
        audit: AuditTrail,
        body_bytes_most: int = BODY_BYTES_MOST,
    ) -> None:
        self._hub = hub
        self._gate = gate
        self._log = log
        self._ready = ready
        self._audit = audit
        self._most = body_bytes_most

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            raise ValueError(f"the core speaks HTTP, not {scope['type']}")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with traced(headers.get("traceparent")):
            try:
                reply = await self._reply(scope, headers, receive)
            except ClientGone:
                return
        await _send(reply, send)

    async def _reply(self, scope: Message, headers: dict[str, str], receive: Receive) -> HttpReply:
        method, path = scope["method"], scope["path"]
        if method == "GET" and path == "/health":
            return HttpReply(200, {"status": "alive"})
        if method == "GET" and path == "/ready":
            return self._readiness()
        if method != "POST" and path.startswith(_WEBHOOKS):
            return method_not_allowed(path, "POST")  # what is not sent as a webhook has no signature to be looked at
        raw = await self._read(headers, receive)
        if raw is None:
            return problem(413, "content-too-large", f"a body of at most {self._most} bytes is taken")
        if path.startswith(_WEBHOOKS):
            refused = self._gate.refuse_webhook(path.removeprefix(_WEBHOOKS), headers, raw)
            return refused or await self._let_in(scope, headers, raw)
        refused = self._gate.refuse_caller(headers)
        reply = refused or await self._let_in(scope, headers, raw)
        client = scope.get("client")
        address, agent = "" if client is None else str(client[0]), headers.get("user-agent", "")
        self._audit.note(Asked("unknown" if refused else "core", address, agent, method, path), reply.status)
        return reply

    async def _let_in(self, scope: Message, headers: dict[str, str], raw: bytes) -> HttpReply:
        method, path = scope["method"], scope["path"]
        try:
            # A webhook has to have a body: an empty one is not JSON either.
            body = _decoded(raw.decode()) if raw or path.startswith(_WEBHOOKS) else None
        except (ValueError, RecursionError):
            return problem(400, "malformed-json", "the body is not JSON")
        if method != "GET" and path in (one.path for one in EDGE_OPERATIONS):
            return method_not_allowed(path, "GET")
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if method == "GET" and path == "/audit":
            after = query.get("after", "0")
            return HttpReply(200, self._audit.page(int(after) if after.isdigit() else 0))
        try:
            return await self._hub.receive(HttpRequest(method, path, query, headers, body))
        except Exception as error:  # noqa: BLE001  a web server answers 500 and lives on
            self._log.failed("receive.failed", path, error)
            return problem(500, "internal-error", "the core failed at this; its log says why")

    def _readiness(self) -> HttpReply:
        waits_for = self._ready()
        if waits_for is None:
            return HttpReply(200, {"status": "ready"})
        return problem(503, "not-ready", waits_for)

    async def _read(self, headers: dict[str, str], receive: Receive) -> bytes | None:
        """The body; None for one that is too large."""
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._most:
            return None
        raw = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            raw += message.get("body", b"")
            if len(raw) > self._most:
                return None
            if not message.get("more_body", False):
                return bytes(raw)


async def _send(reply: HttpReply, send: Send) -> None:
    is_text = isinstance(reply.body, str) and reply.headers.get("content-type", "").startswith("text/")
    raw = reply.body.encode() if is_text else to_bytes(reply.body, "reply")
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    if raw and "content-type" not in reply.headers:
        headers.append((b"content-type", b"application/json"))
    if reply.status != 204:
        headers.append((b"content-length", str(len(raw)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Made once: `json.loads` makes one for each call that it shall be strict in, at twice the cost of the reading.
_decoded: Final = json.JSONDecoder(parse_constant=_no_constant).decode
