"""A small API of somebody else's: well behaved, or with one bad habit, by which one check has to fail."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mock_systems.kit.live.wall_clock import Anchor, WallClock
from sandbox.worlds.live.core.web_server import WebServer, bind

SECRET = "a plain secret"
TOKEN = "token-of-the-wholesaler"
BREATH_S = 0.05


def problem(status: int, detail: str, **headers: str) -> Response:
    """Problem details."""
    body = {"type": "about:blank", "title": detail, "status": status}
    return JSONResponse(body, status, {k.replace("_", "-"): v for k, v in headers.items()}, "application/problem+json")


class Wholesaler:
    """Takes orders, lists and changes them, and tells a subscriber. `habit` is what it does wrong, if anything."""

    def __init__(self, habit: str = "") -> None:
        self.habit = habit
        self.orders: list[dict[str, Any]] = []
        self.kept: dict[str, tuple[bytes, Response]] = {}
        self.under_way: set[str] = set()
        self.condition = ""
        self.until_us = 0
        self.calls = 0
        self.limit: int | None = None
        self.in_flight = 0
        self.events = 0
        self.hook = ""
        self.clock = WallClock(Anchor(0, 0))
        self.tasks: list[asyncio.Task[None]] = []
        routes = [
            Route("/orders", self.create, methods=["POST"]),
            Route("/orders", self.listed, methods=["GET"]),
            Route("/orders/{order}", self.show, methods=["GET"]),
            Route("/orders/{order}", self.change, methods=["PUT"]),
            Route("/hook", self.subscribe, methods=["PUT"]),
            Route("/condition", self.degrade, methods=["PUT"]),
        ]
        self.app = Starlette(routes=routes)

    # -- the API ---------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Response:
        """Take an order."""
        raw, key = await request.body(), request.headers.get("idempotency-key")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "who are you?")
        if key is None and self.habit != "needs-no-key":
            return problem(400, "no idempotency key")
        if (refusal := self.refusal()) is not None:
            if self.habit == "half-writes" and self.condition == "failing":
                self.add({**json.loads(raw), "lines": []})
            if self.habit == "keeps-a-half" and self.condition == "failing" and key is not None:
                self.kept[key] = raw, self.add({**json.loads(raw), "lines": json.loads(raw)["lines"][:1]})
            return refusal
        if key is None or self.habit == "forgets-keys":
            return self.add(json.loads(raw))
        if self.habit == "looks-before-it-leaps":
            known = key in self.kept
            await asyncio.sleep(BREATH_S)
            if not known:
                self.kept[key] = raw, self.add(json.loads(raw))
            return self.kept[key][1]
        if self.limit is not None:
            if self.in_flight >= self.limit:
                return problem(
                    429, "too many at once", **({} if self.habit == "no-retry-after" else {"retry_after": "1"})
                )
            self.in_flight += 1
            await asyncio.sleep(BREATH_S)
            self.in_flight -= 1
        if key in self.under_way:
            return problem(409, "under way")
        if key not in self.kept:
            self.under_way.add(key)
            await asyncio.sleep(0)
            self.kept[key] = raw, self.add(json.loads(raw))
            self.under_way.discard(key)
        before, reply = self.kept[key]
        if before != raw and self.habit != "any-body-will-do":
            return problem(422, "the key came with another body")
        return reply

    def add(self, asked: dict[str, Any]) -> Response:
        """One more order."""
        number = f"O-{len(self.orders) + 1}"
        order = {"id": number, "ref": asked["ref"], "lines": asked["lines"], "version": 1}
        self.orders.append(order)
        self.tell({"order": number})
        return JSONResponse(order, 201, {"location": f"/orders/{number}"})

    async def listed(self, request: Request) -> Response:
        """Page through the orders, or those with one reference."""
        if (refusal := self.refusal()) is not None:
            return refusal
        wanted, limit = request.query_params.get("ref"), int(request.query_params.get("limit", 100))
        rows = [one for one in self.orders if wanted in (None, one["ref"])]
        if self.habit == "newest-first":
            rows.reverse()
        start = int(request.query_params.get("cursor", 0))
        if self.habit == "skips-a-row" and start:
            start += 1
        end = start + limit
        more = end < len(rows) or self.habit == "never-ends"
        if self.habit == "never-ends":
            end = min(end, len(rows) - 1)
        return JSONResponse({"items": rows[start:end], "next_cursor": str(end) if more else None})

    async def show(self, request: Request) -> Response:
        """One order, with its ETag."""
        order = next((one for one in self.orders if one["id"] == request.path_params["order"]), None)
        if order is None:
            return problem(404, "no such order")
        return self.refusal() or JSONResponse(order, 200, {"etag": f'"{order["version"]}"'})

    async def change(self, request: Request) -> Response:
        """Change an order that nobody has changed meanwhile."""
        order = next(one for one in self.orders if one["id"] == request.path_params["order"])
        condition = request.headers.get("if-match")
        if (refusal := self.refusal()) is not None:
            return refusal
        if condition is None and self.habit != "asks-for-no-version":
            return problem(422 if self.habit == "asks-as-a-framework-does" else 428, "say which version you have read")
        fits = condition in (None, f'"{order["version"]}"')
        if self.habit == "checks-then-writes":
            await asyncio.sleep(BREATH_S)
        if not fits and self.habit not in ("overwrites", "overwrites-and-refuses"):
            return problem(412, "somebody has changed it")
        order.update(await request.json(), version=order["version"] + 1)
        if not fits and self.habit == "overwrites-and-refuses":
            return problem(412, "somebody has changed it")
        return JSONResponse(order, 200, {"etag": f'"{order["version"]}"'})

    # -- what goes wrong -------------------------------------------------------------------------------------------

    async def degrade(self, request: Request) -> Response:
        """Be in a condition from now on; `for_s`: no longer than that."""
        asked = await request.json()
        self.condition = asked["condition"]
        for_s = asked.get("for_s")
        self.until_us = self.clock.wall_us() + int(for_s * 1_000_000) if for_s else 1 << 62
        return Response(status_code=204)

    def refusal(self) -> Response | None:
        """The answer while degraded; None: do it."""
        over = self.clock.wall_us() > self.until_us and self.habit != "never-lets-in"
        if not self.condition or over:
            return None
        told: dict[str, dict[str, str]] = {
            "no-retry-after": {},
            "come-back-tomorrow": {"retry_after": "86400"},
            "soon": {"retry_after": "soon"},
        }
        again = told.get(self.habit, {"retry_after": "1"})
        if self.habit == "html-errors":
            return HTMLResponse("<h1>bad gateway</h1>", 503, {"retry-after": "1"})
        if self.habit == "wrong-status" and self.condition != "failing":
            return JSONResponse({"status": 500}, 503, {"retry-after": "1"}, "application/problem+json")
        if self.condition == "throttled":
            return problem(429, "too many calls", **again)
        if self.condition == "unavailable":
            return problem(507 if self.habit == "undeclared" else 503, "away", **again)
        self.calls += 1
        return problem(500, "it failed") if self.calls % 2 else None

    # -- webhooks --------------------------------------------------------------------------------------------------

    async def subscribe(self, request: Request) -> Response:
        """Tell this URL of orders."""
        self.hook = (await request.json())["url"]
        return Response(status_code=204)

    def tell(self, event: dict[str, Any]) -> None:
        """Send a webhook, and again until it is taken."""
        if self.hook:
            self.events += 1
            self.tasks.append(asyncio.get_running_loop().create_task(self.deliver(event, self.events)))

    async def deliver(self, event: dict[str, Any], number: int) -> None:
        """Up to three attempts."""
        raw = json.dumps(event).encode()
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            for attempt in range(3):
                message = f"evt-{number}-{attempt}" if self.habit == "another-id-each-time" else f"evt-{number}"
                message = "evt" if self.habit == "one-id-for-all" else message
                moment = str(self.clock.wall_us() // 1_000_000 - (7_200 if self.habit == "old-times" else 0))
                secret = "another" if self.habit == "signs-wrongly" else SECRET
                signed = f"{message}.{moment}.".encode() + raw
                digest = b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
                headers = {"webhook-id": message, "webhook-timestamp": moment, "webhook-signature": f"v1,{digest}"}
                reply = await client.post(self.hook, content=raw, headers=headers)
                if reply.is_success or self.habit == "never-comes-again":
                    return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(app: Any, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """An ASGI app on loopback, https with `tls`; its URL."""
    bound = bind("127.0.0.1", 0)
    server = WebServer(app, 1.0, tls=tls)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[bound]))
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            yield f"{'http' if tls is None else 'https'}://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True


def document() -> dict[str, Any]:
    """What its OpenAPI document says."""
    errors = {str(s): _answer("application/problem+json") for s in (400, 401, 404, 409, 412, 422, 428, 429, 500, 503)}
    order = {"in": "path", "name": "order", "required": True, "schema": {"type": "string"}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    page = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
            "next_cursor": {"type": ["string", "null"]},
        },
    }
    queries = [{"in": "query", "name": name, "schema": {"type": "string"}} for name in ("cursor", "limit", "ref")]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wholesaler", "version": "2.3.0"},
        "paths": {
            "/orders": {
                "post": {
                    "operationId": "createOrder",
                    "parameters": [{"in": "header", "name": "Idempotency-Key", "required": True, "schema": {}}],
                    "requestBody": body,
                    "responses": {"201": _answer("application/json"), **errors},
                },
                "get": {
                    "operationId": "listOrders",
                    "parameters": queries,
                    "responses": {"200": _answer("application/json", page), **errors},
                },
            },
            "/orders/{order}": {
                "parameters": [order],
                "get": {"operationId": "getOrder", "responses": {"200": _answer("application/json"), **errors}},
                "put": {
                    "operationId": "changeOrder",
                    "parameters": [{"in": "header", "name": "If-Match", "required": True, "schema": {}}],
                    "requestBody": body,
                    "responses": {"200": _answer("application/json"), **errors},
                },
            },
        },
    }


def _answer(media: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": "", "content": {media: {"schema": schema or {}}}}


PROFILE = """\
openapi: wholesaler.json
credentials:
  default: {bearer_env: WHOLESALER_TOKEN}
operations:
  createOrder:
    body: {ref: 'R-${unique}', lines: [{sku: CUP, quantity: 2}, {sku: TIN, quantity: 1}]}
    id: /id
    effects: {operation: listOrders, query: {ref: 'R-${unique}'}, items: /items}
  changeOrder:
    given:
      - operation: createOrder
        body: {ref: 'R-${unique}', lines: [{sku: CUP, quantity: 2}]}
        save: {order: /id}
    path: {order: '${order}'}
    body: {lines: [{sku: CUP, quantity: 5}]}
lists:
  listOrders: {write: createOrder}
webhooks:
  secret_env: WHOLESALER_SECRET
  within_s: 1
  redelivered_within_s: 1
  subscribe: [{method: PUT, url: /hook, body: {url: '${receiver}'}}]
  trigger:
    - operation: createOrder
      headers: {Idempotency-Key: 'event-${unique}'}
      body: {ref: 'R-${unique}', lines: []}
degrade:
  attempts: 4
  conditions:
    throttled:
      on: [{method: PUT, url: /condition, body: {condition: throttled, for_s: 0.6}}]
      off: [{method: PUT, url: /condition, body: {condition: ''}}]
      lasts_s: 0.6
    unavailable:
      on: [{method: PUT, url: /condition, body: {condition: unavailable}}]
      off: [{method: PUT, url: /condition, body: {condition: ''}}]
    failing:
      on: [{method: PUT, url: /condition, body: {condition: failing}}]
      off: [{method: PUT, url: /condition, body: {condition: ''}}]
"""
