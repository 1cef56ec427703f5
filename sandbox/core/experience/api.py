"""The core's own API: webhooks in, and for people and channels the status of orders and the exceptions queue."""

from __future__ import annotations

from typing import Any

from sandbox.core.experience.webhooks import WebhookReceiver
from sandbox.core.journal.tables import EXCEPTIONS
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import HttpReply, HttpRequest, Row, Transaction
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts

_PROBLEM = {"content-type": "application/problem+json"}


class ExperienceApi:
    """`POST /webhooks/{system}`, `GET /orders/{order}`, and the queues: `GET /exceptions`,
    `POST /exceptions/{exception}/replay`, `GET /dead-letters`, `POST /dead-letters/{letter}/replay`.
    """

    def __init__(self, parts: Parts, webhooks: WebhookReceiver, order_to_cash: OrderToCash) -> None:
        self._parts = parts
        self._webhooks = webhooks
        self._order_to_cash = order_to_cash
        self._replaying: set[str] = set()

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer one request; 503 while the journal can keep nothing."""
        if self._parts.records.journal.is_away:
            return problem(503, "journal-away", "the core's own database does not answer; come again later")
        method, path = request.method, request.path.strip("/").split("/")
        match (method, *path):
            case ("POST", "webhooks", system):
                return await self._webhooks.receive(system, request)
            case ("GET", "orders", order):
                return await self._order(order)
            case ("GET", "exceptions"):
                return await self._exceptions(request.query.get("cursor", ""))
            case ("POST", "exceptions", exception, "replay"):
                return await self._replay(exception)
            case ("GET", "dead-letters"):
                return await self._dead_letters()
            case ("POST", "dead-letters", letter, "replay"):
                return await self._replay_letter(letter)
        return problem(404, "not-found", f"there is no {method} {request.path}")

    async def _order(self, order: str) -> HttpReply:
        records = self._parts.records

        async def read(tx: Transaction) -> dict[str, Any] | None:
            saga = await records.sagas.get(tx, order)
            return None if saga is None else {"order": saga.order, "done": saga.done, "progress": saga.progress}

        found = await records.journal.run(read)
        return HttpReply(200, found) if found else problem(404, "not-found", f"no order {order} has come in")

    async def _exceptions(self, cursor: str) -> HttpReply:
        async def read(tx: Transaction) -> list[tuple[str, Row]]:
            return list(await tx.scan(EXCEPTIONS, cursor, 100))

        page = await self._parts.records.journal.run(read)
        next_cursor = page[-1][0] if len(page) == 100 else None
        return HttpReply(200, {"items": [row for _, row in page], "next_cursor": next_cursor})

    async def _dead_letters(self) -> HttpReply:
        records = self._parts.records
        return HttpReply(200, {"items": list(await records.journal.run(records.dead_letters.parked))})

    async def _replay_letter(self, letter: str) -> HttpReply:
        """Give a dead letter to its reader again: safe, because inbox and versions decide what it still means."""
        records = self._parts.records
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

    async def _replay(self, exception: str) -> HttpReply:
        """Have the exception's order tried again: safe, because every effect has its key."""
        exceptions = self._parts.records.exceptions
        row = await self._parts.records.journal.run(lambda tx: exceptions.get(tx, exception))
        if row is None:
            return problem(404, "not-found", f"there is no exception {exception}")
        if not await self._order_to_cash.look_again(row["subject"]):
            return problem(409, "not-replayable", f"{row['subject']} is not under way")
        return HttpReply(202, {"exception": exception, "replayed": row["subject"]})


def problem(status: int, code: str, detail: str) -> HttpReply:
    """Problem details (RFC 9457)."""
    body = {"type": f"urn:problem:{code}", "title": code.replace("-", " "), "status": status, "detail": detail}
    return HttpReply(status, body, _PROBLEM)
