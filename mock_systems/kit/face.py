"""The face of a system: a FastAPI app with its OpenAPI 3.1 document, from the route table.

The app only turns bytes into a kit request and an answer into bytes: `MockSystem.receive` decides everything, the
same for real bytes as for direct calls. FastAPI's models are for the document.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Coroutine
from functools import cache
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_systems.kit.document import add_webhook, finish_document, replies_of, signature_of, webhook_topics
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Reply, Request, problem

Endpoint = Callable[[HttpRequest], Coroutine[Any, Any, Response]]
Take = Callable[[Scope, Receive], Coroutine[Any, Any, Answer]]
_encoded: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_WITHOUT_LENGTH: Final = (204, 304)
_PAGES: Final = ("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json")


class Life(Protocol):
    """A system in the time of the wall, as its face needs it."""

    def receive(self, request: Request) -> Answer:
        """Take one request at the door, now."""

    def seconds(self, span_us: int) -> float:
        """How many seconds of the wall a span of the system's time takes."""


class Standing:
    """A system whose environment nobody paces: its time is what that shows."""

    def __init__(self, system: MockSystem) -> None:
        self._system = system

    def receive(self, request: Request) -> Answer:
        """Take one request at the environment's time."""
        assert self._system.env is not None, f"{self._system.name}: start(env) comes before the first request"
        return self._system.receive(request, int(self._system.env.now))

    def seconds(self, span_us: int) -> float:
        """A second is a second."""
        return span_us / 1_000_000


def asgi_app(system: MockSystem, life: Life | None = None) -> FastAPI:
    """The system as an ASGI app.

    In virtual time the caller puts `{"now_us": ...}` under `virtual` in the scope's state, and finds the `Answer` there
    as `answer`; the bytes come at once. Otherwise `life` takes the request, and the app sleeps for the answer's
    `after_us` before it replies; an answer without a reply hangs or breaks the connection.
    """
    serve = _server(system, life or Standing(system))
    app = FastAPI(title=f"{system.name} (mock)", version=system.version, redirect_slashes=False)

    class Operation(APIRoute):
        """An operation whose parameters and models are for the document alone."""

        def get_route_handler(self) -> Endpoint:
            return serve

    app.router.route_class = Operation
    for route in system.routes.routes:
        _add_operation(app, route, system.routes)
    for topic, model in webhook_topics(system).items():
        add_webhook(app, topic, model)

    async def unknown(request: HttpRequest, _: Exception) -> Response:
        return await serve(request)

    app.add_exception_handler(404, unknown)
    app.add_exception_handler(405, unknown)
    finish_document(app, system.problems, system.problem_members)
    return app


def lean_app(system: MockSystem, life: Life) -> ASGIApp:
    """The same app without FastAPI's layers before each call, which take as long as the system itself.

    FastAPI's own is made when somebody asks for its pages or the OpenAPI document.
    """
    take = _taker(system, life)
    pages = cache(lambda: asgi_app(system, life))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _PAGES:
            await pages()(scope, receive, send)
            return
        answer = await take(scope, receive)
        if answer.reply is not None:
            await _send(answer.reply, send)
        else:
            await _unanswered(answer)(scope, receive, send)

    return app


def _add_operation(app: FastAPI, route: Route, table: RouteTable) -> None:
    app.add_api_route(
        route.path,
        signature_of(route),
        methods=[route.method],
        operation_id=route.operation,
        summary=route.summary,
        description=f"Needs the scope `{route.scope}`." if route.scope else "Open to all.",
        tags=list(route.tags),
        status_code=max((s for s in route.replies if s < 300), default=200),
        responses=replies_of(route, table.routes),
        deprecated=route.deprecated is not None or None,
        response_model=None,
    )


def _server(system: MockSystem, life: Life) -> Endpoint:
    take = _taker(system, life)

    async def serve(http: HttpRequest) -> Response:
        answer = await take(http.scope, http.receive)
        if answer.reply is not None:
            return to_bytes(answer.reply)
        return Response(status_code=204) if "virtual" in http.scope.get("state", {}) else _unanswered(answer)

    return serve


def _taker(system: MockSystem, life: Life) -> Take:
    """Takes a request in, and gives the answer when it is time for it."""
    forms = frozenset(route.path for route in system.routes.routes if route.is_form)

    async def take(scope: Scope, receive: Receive) -> Answer:
        virtual = scope.get("state", {}).get("virtual")
        request = await _read(scope, receive, system.door.config.max_body_bytes, forms)
        if isinstance(request, Reply):
            answer = Answer(request)
        elif virtual is None:
            answer = life.receive(request)
        else:
            answer = system.receive(request, virtual["now_us"])
        if virtual is not None:
            virtual["answer"] = answer
        elif answer.after_us:
            await asyncio.sleep(life.seconds(answer.after_us))
        return answer

    return take


async def _read(scope: Scope, receive: Receive, max_body_bytes: int, forms: Collection[str]) -> Request | Reply:
    """The kit's request, or the problem that stands against the bytes. Raises ClientDisconnect."""
    raw, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        raw += message.get("body", b"")
        more = message.get("more_body", False)
        if len(raw) > max_body_bytes:
            return problem(413, "content-too-large", f"a body of at most {max_body_bytes} bytes is taken")
    method, path, queried = scope["method"], scope["path"], scope["query_string"].decode("latin-1")
    # Of a header that comes twice the first counts.
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
    try:
        if path in forms:
            return Request(method, path, {}, headers, dict(parse_qsl(raw.decode())))
        body = _decoded(raw.decode()) if raw else None
    except (ValueError, RecursionError):
        return problem(400, "malformed-json", "the body is not JSON")  # or no UTF-8
    query = dict(parse_qsl(queried, keep_blank_values=True)) if queried else {}
    return Request(method, path, query, headers, body)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> float | int:
    """A number as JSON Schema sees it: 2.0 is an integer."""
    value = float(text)
    return int(value) if value.is_integer() else value


_decoded: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_number).decode


def to_bytes(reply: Reply) -> Response:
    """The HTTP response: JSON, or the text itself where the content type says otherwise."""
    content, headers = _content(reply)
    return Response(content, reply.status, headers)


def _content(reply: Reply) -> tuple[bytes | None, dict[str, str]]:
    """The bytes of the body, None where there is none, and the headers, content-type among them."""
    headers = dict(reply.headers)
    if reply.body is None:
        headers.pop("content-type", None)
        return None, headers
    media = headers.setdefault("content-type", "application/json")
    is_text = isinstance(reply.body, str) and not media.endswith("json")
    return (reply.body if is_text else _encoded(reply.body)).encode(), headers


async def _send(reply: Reply, send: Send) -> None:
    """What `to_bytes` gives, without a Response, which takes longer to make than many an answer."""
    content, headers = _content(reply)
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if content is not None or reply.status not in _WITHOUT_LENGTH:
        raw.append((b"content-length", b"%d" % len(content or b"")))
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": content or b""})


def _unanswered(answer: Answer) -> Response:
    return _BrokenConnection() if answer.reset or answer.refused else _Silence()


class _BrokenConnection(Response):
    """Promises a body and does not send it, so that the server cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1048576")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class _Silence(Response):
    """Says nothing until the caller gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
