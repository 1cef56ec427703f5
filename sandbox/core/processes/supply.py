"""The supply side put together: goods that come in, counts, and stock that the warehouse adjusts by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from sandbox.core.ports import Row
from sandbox.core.processes import cycle_count, inbound_receipt, stock_adjustment
from sandbox.core.processes.cycle_count import CycleCount
from sandbox.core.processes.decisions import Decisions
from sandbox.core.processes.document_flow import DocumentFlow
from sandbox.core.processes.inbound_receipt import InboundReceipt
from sandbox.core.processes.list_polling import Take
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.stock_adjustment import StockAdjustment
from sandbox.core.processes.stock_publishing import StockPublishing
from sandbox.core.processes.supply_news import SupplyNews

Reader = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Webhooks(Protocol):
    """Where news is taken from."""

    def read(self, system: str, topic: str, reader: Reader) -> None:
        """Have `reader` hear the webhooks of this topic."""

    def read_rows(self, readers: Mapping[str, Take]) -> None:
        """Have rows that were put aside read by these, by the list's name."""


class Supply:
    """The documents of the supply side, and the news that opens and moves them."""

    def __init__(self, parts: Parts) -> None:
        self._flows = parts.design.flows
        self.flow = DocumentFlow(
            parts,
            {
                inbound_receipt.KIND: InboundReceipt(parts),
                stock_adjustment.KIND: StockAdjustment(parts),
                cycle_count.KIND: CycleCount(parts),
            },
        )
        self.news = SupplyNews(parts, self.flow)

    def listen(self, webhooks: Webhooks, stock: StockPublishing, decisions: Decisions) -> None:
        """Have the news come in: webhooks, rows that were put aside, and decisions of the desk."""
        news, flows = self.news, self._flows
        if flows.supply.listens:
            webhooks.read("wms", "inbound.received", news.hear_inbound)
            webhooks.read("wms", "count.recorded", news.hear_count)
            webhooks.read("erp", "asn.received", news.hear_notice)
            webhooks.read("erp", "purchase_order.changed", news.hear_purchase_order)
        if flows.stock.listens and flows.supply.listens:
            webhooks.read("wms", "stock.moved", self._both(stock.hear_moves, news.hear_moves))
        elif flows.supply.listens:
            webhooks.read("wms", "stock.moved", news.hear_moves)
        webhooks.read_rows(news.row_readers)
        decisions.bring(cycle_count.CAUSE, self._decided)

    @staticmethod
    def _both(first: Reader, second: Reader) -> Reader:
        async def hear(message_id: str, data: Mapping[str, Any]) -> None:
            await first(message_id, data)
            await second(message_id, data)

        return hear

    async def _decided(self, row: Row) -> None:
        """A clerk has decided on a count's variance; the count closes the exception when it goes on."""
        body = {"kind": cycle_count.DECISION, "decision": row["decision"], "exception": row["exception"]}
        await self.flow.tell(cycle_count.KIND, row["subject"], cycle_count.DECISION, body)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.flow.lanes.run())
            group.create_task(self.news.poll())
