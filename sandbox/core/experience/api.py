"""The core's own API: webhooks in, and for people and channels the status of orders and the exceptions queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.experience.operations import find_operation, methods_of
from sandbox.core.experience.webhooks import WebhookReceiver
from sandbox.core.journal.tables import EXCEPTIONS
from sandbox.core.model.shipment import Shipment
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import HttpReply, HttpRequest, Row, Transaction
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts

Params = Mapping[str, str]
Answer = Callable[[Params, HttpRequest], Awaitable[HttpReply]]
_PROBLEM = {"content-type": "application/problem+json"}


class ExperienceApi:
    """Answers the operations of `operations.py`."""

    def __init__(self, parts: Parts, webhooks: WebhookReceiver, order_to_cash: OrderToCash) -> None:
        self._parts = parts
        self._webhooks = webhooks
        self._order_to_cash = order_to_cash
        self._replaying: set[str] = set()
        self._answers: dict[str, Answer] = {
            "receiveWebhook": self._webhook,
            "getOrder": self._order,
            "listExceptions": self._exceptions,
            "replayException": self._replay,
            "listDeadLetters": self._dead_letters,
            "replayDeadLetter": self._replay_letter,
        }

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer one request; 503 while the journal can keep nothing."""
        if self._parts.records.journal.is_away:
            return problem(503, "journal-away", "the core's own database does not answer; come again later")
        meant = find_operation(request.method, request.path)
        if meant is not None:
            operation, params = meant
            return await self._answers[operation.name](params, request)
        if allowed := ", ".join(methods_of(request.path)):
            return method_not_allowed(request.path, allowed)
        return problem(404, "not-found", f"there is no {request.method} {request.path}")

    async def _webhook(self, params: Params, request: HttpRequest) -> HttpReply:
        try:
            return await self._webhooks.receive(params["system"], request)
        except SystemUnavailable as error:
            return problem(503, "system-away", f"it can't be read without {error.system}; come again later")

    async def _order(self, params: Params, request: HttpRequest) -> HttpReply:
        records, order = self._parts.records, params["order"]

        async def read(tx: Transaction) -> dict[str, Any] | None:
            saga = await records.sagas.get(tx, order)
            return None if saga is None else {"order": saga.order, "done": saga.done, "progress": _shown(saga.progress)}

        found = await records.journal.run(read)
        return HttpReply(200, found) if found else problem(404, "not-found", f"no order {order} has come in")

    async def _exceptions(self, params: Params, request: HttpRequest) -> HttpReply:
        cursor = request.query.get("cursor", "")

        async def read(tx: Transaction) -> list[tuple[str, Row]]:
            return list(await tx.scan(EXCEPTIONS, cursor, 100))

        page = await self._parts.records.journal.run(read)
        next_cursor = page[-1][0] if len(page) == 100 else None
        return HttpReply(200, {"items": [row for _, row in page], "next_cursor": next_cursor})

    async def _dead_letters(self, params: Params, request: HttpRequest) -> HttpReply:
        records = self._parts.records
        return HttpReply(200, {"items": list(await records.journal.run(records.dead_letters.parked))})

    async def _replay_letter(self, params: Params, request: HttpRequest) -> HttpReply:
        """Give a dead letter to its reader again: safe, because inbox and versions decide what it still means."""
        records, letter = self._parts.records, params["letter"]
        row = await records.journal.run(lambda tx: records.dead_letters.find_parked(tx, letter))
        if row is None or letter in self._replaying:
            return problem(409, "not-replayable", f"no dead letter {letter} waits for anybody")
        self._replaying.add(letter)
        try:
            readable = await self._webhooks.replay(row)
        except SystemUnavailable as error:
            return problem(503, "system-away", f"{letter} can't be read without {error.system}; come again later")
        finally:
            self._replaying.discard(letter)
        if not readable:
            return problem(422, "still-unreadable", f"{letter} can't be read; it stays aside")
        await records.journal.run(lambda tx: records.dead_letters.settle(tx, letter, "replayed"))
        return HttpReply(202, {"letter": letter, "replayed": row["message_id"]})

    async def _replay(self, params: Params, request: HttpRequest) -> HttpReply:
        """Have the exception's order tried again: safe, because every effect has its key."""
        exceptions, exception = self._parts.records.exceptions, params["exception"]
        row = await self._parts.records.journal.run(lambda tx: exceptions.get(tx, exception))
        if row is None:
            return problem(404, "not-found", f"there is no exception {exception}")
        if not await self._order_to_cash.look_again(row["subject"]):
            return problem(409, "not-replayable", f"{row['subject']} is not under way")
        return HttpReply(202, {"exception": exception, "replayed": row["subject"]})


def _shown(progress: Row) -> Row:
    """An order's progress with its shipments by the names of their fields; the journal keeps them without."""
    return {**progress, "shipments": [Shipment.from_row(row).shown() for row in progress["shipments"]]}


def method_not_allowed(path: str, allowed: str) -> HttpReply:
    """405, and the methods that are allowed instead."""
    refused = problem(405, "method-not-allowed", f"{path} answers {allowed}")
    return HttpReply(405, refused.body, {**refused.headers, "allow": allowed})


def problem(status: int, code: str, detail: str) -> HttpReply:
    """Problem details (RFC 9457)."""
    body = {"type": f"urn:problem:{code}", "title": code.replace("-", " "), "status": status, "detail": detail}
    return HttpReply(status, body, _PROBLEM)
