"""Webhooks from the systems: each topic has its reader, and is acknowledged when its effect is safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.ports import HttpReply, HttpRequest, Transaction
from sandbox.core.processes.change_intake import ChangeIntake
from sandbox.core.processes.order_intake import OrderIntake
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.stock_publishing import StockPublishing
from sandbox.core.processes.system_news import SystemNews

Reader = Callable[[str, Mapping[str, Any]], Awaitable[None]]
_UNREADABLE = (KeyError, TypeError, ValueError)


class WebhookReceiver:
    """Reads what the systems send. What can't be read is put aside, and acknowledged: it would not get better."""

    def __init__(
        self, parts: Parts, intake: OrderIntake, changes: ChangeIntake, news: SystemNews, stock: StockPublishing
    ) -> None:
        self._parts = parts
        self._intake = intake
        self._listens = parts.design.intake.webhooks
        self._readers: Mapping[tuple[str, str], Reader] = {
            ("commerce", "order.created"): intake.hear,
            ("commerce", "order.cancellation_requested"): changes.hear,
            ("commerce", "order.edit_requested"): changes.hear,
            ("erp", "sales_order.released"): news.hear_sales_order,
            ("erp", "sales_order.rejected"): news.hear_sales_order,
            ("wms", "outbound.packed"): news.hear_outbound,
            ("wms", "outbound.shipped"): news.hear_outbound,
            ("wms", "short_pick.reported"): news.hear_outbound,
            ("wms", "stock.moved"): stock.hear_moves,
            ("carrier", "tracking.updated"): news.hear_tracking,
        }

    async def receive(self, system: str, request: HttpRequest) -> HttpReply:
        """Take one webhook: 200 when its effect is safe, 204 for a topic that we don't use."""
        body = request.body
        topic = body.get("type") if isinstance(body, dict) else None
        reader = self._readers.get((system, str(topic)))
        if reader is None or (system == "commerce" and not self._listens):
            return HttpReply(204)
        message_id = f"{system}/{request.headers.get('webhook-id', '')}"
        try:
            await reader(message_id, body["data"])
        except _UNREADABLE as error:
            await self._put_aside(system, message_id, body, error)
        return HttpReply(200, {"received": message_id})

    async def _put_aside(self, system: str, message_id: str, body: dict[str, Any], error: Exception) -> None:
        records = self._parts.records
        message = f"a message from {system} can't be read: {error!r}"

        async def write(tx: Transaction) -> None:
            await records.dead_letters.park(tx, system, message_id, body, repr(error), self._parts.ports.clock.now_us())
            await records.exceptions.open(tx, message_id, "unreadable-message", message, None, None)

        await records.journal.run(write)
