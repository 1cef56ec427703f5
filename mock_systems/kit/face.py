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
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_systems.kit.document import add_webhook, finish_document, replies_of, signature_of
from mock_systems.kit.routes import Route
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Reply, Request, problem

Endpoint = Callable[[HttpRequest], Coroutine[Any, Any, Response]]
_encoded: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
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
    app = FastAPI(title=f"{system.name} (mock)", version="1.0.0", redirect_slashes=False)

    class Operation(APIRoute):
        """An operation whose parameters and models are for the document alone."""

        def get_route_handler(self) -> Endpoint:
            return serve

    app.router.route_class = Operation
    for route in system.routes.routes:
        _add_operation(app, route)
    for topic, model in system.topics.items():
        add_webhook(app, topic, model)

    async def unknown(request: HttpRequest, _: Exception) -> Response:
        return await serve(request)

    app.add_exception_handler(404, unknown)
    app.add_exception_handler(405, unknown)
    finish_document(app)
    return app


def lean_app(system: MockSystem, life: Life) -> ASGIApp:
    """The same app without FastAPI's layers before each call, which take as long as the system itself.

    FastAPI's own is made when somebody asks for its pages or the OpenAPI document.
    """
    serve = _server(system, life)
    pages = cache(lambda: asgi_app(system, life))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _PAGES:
            await pages()(scope, receive, send)
            return
        response = await serve(HttpRequest(scope, receive))
        await response(scope, receive, send)

    return app


def _add_operation(app: FastAPI, route: Route) -> None:
    app.add_api_route(
        route.path,
        signature_of(route),
        methods=[route.method],
        operation_id=route.operation,
        summary=route.summary,
        description=f"Needs the scope `{route.scope}`." if route.scope else "Open to all.",
        tags=list(route.tags),
        status_code=max((s for s in route.replies if s < 300), default=200),
        responses=replies_of(route),
        response_model=None,
    )


def _server(system: MockSystem, life: Life) -> Endpoint:
    forms = frozenset(route.path for route in system.routes.routes if route.is_form)

    async def serve(http: HttpRequest) -> Response:
        virtual = http.scope.get("state", {}).get("virtual")
        request = await _read(http, system.door.config.max_body_bytes, forms)
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
        if answer.reply is not None:
            return to_bytes(answer.reply)
        if virtual is not None:
            return Response(status_code=204)
        return _BrokenConnection() if answer.reset or answer.refused else _Silence()

    return serve


async def _read(http: HttpRequest, max_body_bytes: int, forms: Collection[str]) -> Request | Reply:
    """The kit's request, or the problem that stands against the bytes."""
    raw, path = b"", http.scope["path"]
    async for chunk in http.stream():
        raw += chunk
        if len(raw) > max_body_bytes:
            return problem(413, "content-too-large", f"a body of at most {max_body_bytes} bytes is taken")
    try:
        if path in forms:
            return Request(http.method, path, {}, dict(http.headers), dict(parse_qsl(raw.decode())))
        body = json.loads(raw, parse_constant=_no_constant) if raw else None
    except (ValueError, RecursionError):
        return problem(400, "malformed-json", "the body is not JSON")  # or no UTF-8
    return Request(http.method, path, dict(http.query_params), dict(http.headers), body)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def to_bytes(reply: Reply) -> Response:
    """The HTTP response: JSON, or the text itself where the content type says otherwise."""
    headers = dict(reply.headers)
    media = headers.pop("content-type", "application/json")
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    is_text = isinstance(reply.body, str) and not media.endswith("json")
    content = reply.body if is_text else _encoded(reply.body)
    headers["content-type"] = media
    return Response(content, reply.status, headers)


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
