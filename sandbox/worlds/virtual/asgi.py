"""Wire fidelity: real bytes through a system's ASGI app, in virtual time.

The app handles a request within the instant. It finds the time in `scope["state"]["virtual"]["now_us"]` and leaves its
`Answer` beside it under `answer`, so that both fidelities have the same timing; status, headers and body
are read back from the bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.worlds.json_bodies import from_bytes, to_bytes
from sandbox.worlds.virtual.errors import VirtualWorldError

Message = MutableMapping[str, Any]
App = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
_CALLER: Final = ("192.0.2.1", 50_000)


class AsgiExchange:
    """Reaches a system through its ASGI app; takes the place of `system.receive`."""

    def __init__(self, name: str, app: App) -> None:
        self._name = name
        self._app = app

    def __call__(self, request: Request, now_us: int) -> Answer:
        """One request and its answer."""
        content_type = request.headers.get("content-type", "application/json")
        raw = to_bytes(request.body, f"{self._name} {request.method} {request.path}", content_type)
        virtual: dict[str, Any] = {"now_us": now_us}
        scope = _scope(self._name, request, raw, virtual)
        replied = _Replied()
        exchange = self._app(scope, _receive_once(raw), replied.send)
        self._finish(exchange, request)
        answer = virtual.get("answer")
        if not isinstance(answer, Answer):
            raise VirtualWorldError(
                f'{self._name}: the app left no Answer in scope["state"]["virtual"] for {request.method} {request.path}'
            )
        reply = replied.reply() if answer.reply is not None else None
        return Answer(reply, answer.after_us, answer.reset, answer.refused)

    def _finish(self, exchange: Awaitable[None], request: Request) -> None:
        running = exchange.__await__()
        try:
            waits_for = next(running)
        except StopIteration:
            return
        running.close()
        raise VirtualWorldError(
            f"{self._name}: the app waited for {waits_for!r} in {request.method} {request.path}; in virtual time it "
            "must answer within the instant: make its handlers `async def`, without threads or sleeps"
        )


def _scope(name: str, request: Request, raw: bytes, virtual: dict[str, Any]) -> dict[str, Any]:
    headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in request.headers.items()]
    headers.append((b"host", name.encode()))
    if raw:
        if "content-type" not in request.headers:
            headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(raw)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": quote(request.path).encode(),
        "query_string": urlencode(request.query).encode(),
        "root_path": "",
        "headers": headers,
        "client": _CALLER,
        "server": (name, 80),
        "state": {"virtual": virtual},
    }


def _receive_once(raw: bytes) -> Callable[[], Awaitable[Message]]:
    messages: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": raw, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if len(messages) > 1 else messages[0]

    return receive


class _Replied:
    """Collects what the app sends."""

    def __init__(self) -> None:
        self._status = 0
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                key.decode("latin-1").lower(): value.decode("latin-1") for key, value in message.get("headers", ())
            }
        else:
            self._parts.append(message.get("body", b""))

    def reply(self) -> Reply:
        body = from_bytes(b"".join(self._parts), self._headers.get("content-type", ""))
        return Reply(self._status, body, self._headers)
