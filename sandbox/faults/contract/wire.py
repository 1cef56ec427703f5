"""The wire of a system whose contract changes: stands between the core and the system, in both directions.

A request is judged as the new contract says; what it lets through reaches the system as it always did, and the
answer is rewritten as the new contract has it. The system's own books, door and physics know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mock_systems.kit.mishaps import REFUSED_AFTER_US
from mock_systems.kit.routes import Route
from mock_systems.kit.system import MockSystem
from mock_systems.kit.webhooks import Transport
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.faults.contract.change import ContractChange, Draws, Struck, in_force
from sandbox.faults.contract.edit import WireEdit
from sandbox.faults.contract.judging import refusal
from sandbox.faults.contract.rewriting import as_text, with_body_edited, with_names_edited

Exchange = Callable[[Request, int], Answer]


class ChangedCalls:
    """Takes the place of a system's `exchange` on the network."""

    def __init__(
        self, system: MockSystem, exchange: Exchange, changes: Sequence[ContractChange], struck: Struck
    ) -> None:
        self._system = system
        self._exchange = exchange
        self._changes = tuple(changes)
        self._struck = struck

    def __call__(self, request: Request, now_us: int) -> Answer:
        """One request and its answer."""
        changes = in_force(self._changes, now_us)
        found = self._system.routes.find(request) if changes else None
        if found is None:
            return self._exchange(request, now_us)
        route, params = found
        operation = f"{route.method} {route.path}"
        order = _order_of(route, request, params)
        draws = Draws(self._system.streams, self._system.name, order or request.path)
        sent = request
        for change in changes:
            change.met += change.is_about(operation, "request", "answer")
            edits = change.edits_of("request", operation)
            for edit in edits:
                if (reply := refusal(request, edit)) is not None:
                    self._tell(change, operation, "refused", now_us, order)
                    return self._refused(reply, route, order or request.path, now_us)
            after = _request_edited(sent, edits, draws)
            if after is not sent:
                self._tell(change, operation, "altered", now_us, order)
                sent = after
        answer = self._exchange(sent, now_us)
        if answer.reply is None:
            return answer
        status, reply = answer.reply.status, answer.reply
        for change in changes:
            after_it = _reply_edited(reply, status, change.edits_of("answer", operation), draws)
            if after_it is not reply:
                self._tell(change, operation, "rewritten", now_us, order)
                reply = after_it
        return answer if reply is answer.reply else Answer(reply, answer.after_us, answer.reset, answer.refused)

    def _refused(self, reply: Reply, route: Route, subject: str, now_us: int) -> Answer:
        """Turned away by the new contract; those who hear of visits at the door hear of it, too."""
        answer = Answer(reply, REFUSED_AFTER_US)
        if route.scope == "integration":
            for visitor in self._system.door.visitors:
                visitor(now_us, self._system.name, route.operation, subject, answer)
        return answer

    def _tell(self, change: ContractChange, operation: str, what: str, now_us: int, order: str | None) -> None:
        change.count(operation, what)
        self._struck(now_us, self._system.name, operation, order, change)


class ChangedWebhooks:
    """Takes the place of the transport of a system's webhooks."""

    def __init__(
        self, system: MockSystem, transport: Transport, changes: Sequence[ContractChange], struck: Struck
    ) -> None:
        self._system = system
        self._transport = transport
        self._changes = tuple(changes)
        self._struck = struck

    def __call__(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        """One attempt to deliver."""
        env, body = self._system.env, request.body
        now_us = int(env.now) if env is not None else 0
        topic = str(body.get("type")) if isinstance(body, dict) else ""
        draws = Draws(self._system.streams, self._system.name, request.headers.get("webhook-id", ""))
        for change in in_force(self._changes, now_us):
            change.met += change.is_about(topic, "webhook")
            edits = change.edits_of("webhook", topic)
            if any(edit.do == "lose" and draws(edit, "") for edit in edits):
                self._tell(change, topic, "lost", now_us)
                return
            after = _request_edited(request, edits, draws)
            if after is not request:
                self._tell(change, topic, "rewritten", now_us)
                request = after
        self._transport(url, request, done)

    def _tell(self, change: ContractChange, topic: str, what: str, now_us: int) -> None:
        change.count(topic, what)
        self._struck(now_us, self._system.name, topic, None, change)


def _request_edited(request: Request, edits: Sequence[WireEdit], draws: Draws) -> Request:
    for edit in edits:
        if edit.do.startswith("refuse") or edit.do == "lose":
            continue
        where, name = edit.place
        if where == "header":
            headers = with_names_edited(request.headers, edit, name.lower(), draws)
            request = request if headers is request.headers else replace(request, headers=dict(headers))
        elif where == "query":
            query = with_names_edited(request.query, edit, name, draws)
            request = request if query is request.query else replace(request, query=dict(query))
        else:
            body = with_body_edited(request.body, edit, draws)
            request = request if body is request.body else replace(request, body=body)
    return request


def _reply_edited(reply: Reply, status: int, edits: Sequence[WireEdit], draws: Draws) -> Reply:
    for edit in edits:
        if edit.status is None or edit.status == status:
            reply = _after(reply, edit, draws)
    return reply


def _after(reply: Reply, edit: WireEdit, draws: Draws) -> Reply:
    where, name = edit.place
    if edit.do in ("status", "empty", "media"):
        return _as_a_whole(reply, edit) if draws(edit, "") else reply
    if where == "header":
        headers = with_names_edited(reply.headers, edit, name.lower(), draws)
        return reply if headers is reply.headers else replace(reply, headers=dict(headers))
    if not isinstance(reply.body, dict | list):
        return reply
    body = with_body_edited(reply.body, edit, draws)
    return reply if body is reply.body else replace(reply, body=body)


def _as_a_whole(reply: Reply, edit: WireEdit) -> Reply:
    if edit.do == "status":
        return replace(reply, status=int(edit.value))
    headers: dict[str, Any] = {key: value for key, value in reply.headers.items() if key != "content-type"}
    if edit.do == "empty":
        return Reply(reply.status, None, headers)
    return Reply(reply.status, as_text(reply.body, edit.value), {**headers, "content-type": edit.value})


def _order_of(route: Route, request: Request, params: dict[str, str]) -> str | None:
    """The business order that a call is about, as far as its body can be read."""
    try:
        order = route.order_of(request, params)
    except (AttributeError, KeyError, TypeError):
        return None
    return order if isinstance(order, str) else None
