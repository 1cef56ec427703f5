"""The guard of an admin API: lets in who has the token, takes bodies up to a size, and writes down what was done."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from typing import Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_systems.kit.face import to_bytes
from mock_systems.kit.live.audit import Asked, AuditTrail
from mock_systems.kit.wire import Reply, problem

BODY_BYTES_MOST: Final = 32 * 1024 * 1024
_OPEN: Final = ("/health", "/ready", "/docs", "/openapi.json")
_ANY_STATE: Final = (*_OPEN, "/status", "/metrics", "/audit")
# What other systems bring all day long stands in the books.
_NOT_AUDITED: Final = ("/hand-overs",)


class Life(Protocol):
    """Whose admin API it is."""

    @property
    def is_ready(self) -> bool:
        """Whether it takes calls."""


class AdminGuard:
    """An ASGI middleware before `app`."""

    def __init__(
        self, app: ASGIApp, life: Life, token: str, audit: AuditTrail, body_bytes_most: int = BODY_BYTES_MOST
    ) -> None:
        self._app = app
        self._life = life
        self._wanted = f"Bearer {token}".encode()
        self._audit = audit
        self._most = body_bytes_most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        asked = self._asked(scope, headers)
        status = 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            refusal = self._refusal(asked, headers)
            if refusal is None:
                await self._pass(scope, receive, tell)
            else:
                await to_bytes(refusal)(scope, receive, tell)
        finally:
            if asked.path not in _NOT_AUDITED or status >= 400:
                self._audit.note(asked, status)

    def _asked(self, scope: Scope, headers: dict[bytes, bytes]) -> Asked:
        known = hmac.compare_digest(headers.get(b"authorization", b""), self._wanted)
        client = scope.get("client")
        return Asked(
            who="admin" if known else "unknown",
            address="" if client is None else str(client[0]),
            client=headers.get(b"user-agent", b"").decode("latin-1"),
            method=scope["method"],
            path=scope["path"],
        )

    def _refusal(self, asked: Asked, headers: dict[bytes, bytes]) -> Reply | None:
        if asked.path not in _OPEN and asked.who == "unknown":
            return _unauthenticated()
        if not _may(self._life, asked.path, _ANY_STATE):
            return problem(503, "restoring", "the books are being made again; come back in a moment")
        announced = headers.get(b"content-length", b"")
        return self._too_large() if announced.isdigit() and int(announced) > self._most else None

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request over with its body, which is read here as far as it may be."""
        raw = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            raw += message.get("body", b"")
            more = message.get("more_body", False)
            if len(raw) > self._most:
                await to_bytes(self._too_large())(scope, receive, send)
                return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": bytes(raw), "more_body": False}

        await self._app(scope, replay, send)

    def _too_large(self) -> Reply:
        return problem(413, "content-too-large", f"a body of at most {self._most} bytes is taken")


def _may(life: Life, path: str, any_state: Collection[str]) -> bool:
    return path in any_state or life.is_ready


def _unauthenticated() -> Reply:
    reply = problem(401, "unauthenticated", "the admin API wants the admin token as bearer token")
    reply.headers["www-authenticate"] = "Bearer"
    return reply
