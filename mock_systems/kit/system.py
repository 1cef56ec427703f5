"""A mock system: books behind a door, a route table in front, physics and webhooks beside.

`receive` is the one way in, for both worlds: it takes a request and says what the network may carry back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import simpy
from pydantic import BaseModel, ValidationError

from mock_systems.kit.door import Door
from mock_systems.kit.idempotency import KeptAnswers
from mock_systems.kit.ledger import Ledger
from mock_systems.kit.problems import Codes, Members
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.subscriptions import subscription_routes
from mock_systems.kit.token_route import token_route
from mock_systems.kit.turn import Turn
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Answer, Refusal, Reply, Request, problem


class MockSystem:
    """One foreign system. Subclasses add their books, their routes and their physics.

    `start(env)` must be called once before the first request: acts that happen later and webhook
    attempts are scheduled on `env`. `topics` maps each webhook topic to the model of its data. `version` is that of
    the published contract; of a topic it is 1.0.0 where `topic_versions` doesn't say otherwise.
    """

    version: ClassVar[str] = "1.0.0"
    topics: ClassVar[Mapping[str, type[BaseModel]]] = {}
    topic_versions: ClassVar[Mapping[str, str]] = {}
    problems: ClassVar[Codes] = {}
    problem_members: ClassVar[Members] = {}

    def __init__(self, name: str, routes: RouteTable, books: Any, *, streams: Streams, door: Door, webhooks: Webhooks):
        self.name = name
        give_token = token_route(lambda: door.access(name))
        self.routes = RouteTable((*routes.routes, *subscription_routes(webhooks, self.topics), give_token))
        self.books = books
        self.streams = streams
        self.door = door
        self.webhooks = webhooks
        self.ledger = Ledger(name)
        self.kept = KeptAnswers()
        self._honours_keys = door.config.honours_keys
        self.env: simpy.Environment | None = None
        # Hears of each write that was handled, with its time; a live system keeps them.
        self.witness: Callable[[Request, int], None] | None = None

    def start(self, env: simpy.Environment) -> None:
        """Join the clock and begin the physics."""
        self.env = env
        self.webhooks.start(env)

    def receive(self, request: Request, now_us: int) -> Answer:
        """Take one request at the door at `now_us`; faults, auth and limits included."""
        found = self.routes.find(request)
        if found is None:
            return Answer(self._not_found(request))
        route, params = found
        return self.door.receive(self, request, route, params, now_us)

    def handle(self, request: Request, route: Route, params: dict[str, str], now_us: int) -> Reply:
        """Do the operation, past the door: validate, run the handler, keep its facts."""
        if route.honours_key and self._honours_keys and (key := request.headers.get("idempotency-key")):
            reply = self.kept.answer(key, route, request, now_us, self._run, request, route, params, now_us)
        else:
            reply = self._run(request, route, params, now_us)
        if route.told_headers:
            reply = Reply(reply.status, reply.body, {**reply.headers, **route.told_headers})
        # What asks for no scope (a token, say) changes no books, and may hold a secret.
        if self.witness is not None and request.method != "GET" and route.scope:
            self.witness(request, now_us)
        return reply

    def act(self, act: Callable[[Turn], None], now_us: int, trace: str | None = None) -> None:
        """Let the physics change the books, in a turn of its own."""
        turn = Turn(now_us, self.streams, trace)
        act(turn)
        self._keep(turn)

    def _run(self, request: Request, route: Route, params: dict[str, str], now_us: int) -> Reply:
        headers = request.headers
        traceparent = headers.get("traceparent")
        fence = headers.get("x-fencing-token")
        turn = Turn(
            now_us,
            self.streams,
            traceparent[3:35] if traceparent else None,
            int(fence) if fence and fence.isdigit() else None,
            params,
            headers=headers,
        )
        try:
            if route.read_body is not None:
                turn.body = route.read_body(request.body)
            if route.read_query is not None:
                turn.query = route.read_query(request.query)
            reply = route.handler(self.books, turn)
        except ValidationError as error:
            return _invalid(error)
        except Refusal as refusal:
            return refusal.reply()
        self._keep(turn)
        return reply

    def _keep(self, turn: Turn) -> None:
        append = self.ledger.append
        for kind, entity, order, data, trace in turn.facts:
            append(turn.now_us, kind, entity, order, data, trace, turn.fence)
        for notice in turn.notices:
            self.webhooks.send(notice, turn.now_us)

    def _not_found(self, request: Request) -> Reply:
        allowed = self.routes.methods_of(request.path)
        if allowed:
            reply = problem(405, "method-not-allowed", f"{request.path} answers {', '.join(allowed)}")
            reply.headers["allow"] = ", ".join(allowed)
            return reply
        return problem(404, "not-found", f"{self.name} has no {request.path}")


def _invalid(error: ValidationError) -> Reply:
    errors = [{"pointer": "/" + "/".join(map(str, e["loc"])), "detail": e["msg"]} for e in error.errors()]
    return problem(422, "invalid-request", "the request does not fit the published contract", errors=errors)
