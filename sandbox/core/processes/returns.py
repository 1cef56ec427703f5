"""Returns put together: what the shop and the warehouses tell of them, by webhook and by asking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.core.model.errand import Errand
from sandbox.core.policies.cadence import rest, rounds_spared
from sandbox.core.ports import Row
from sandbox.core.processes.document_flow import DocumentFlow
from sandbox.core.processes.list_polling import ListPolling
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.return_to_credit import KIND, ReturnToCredit
from sandbox.core.processes.supply import Webhooks
from sandbox.core.systems.commerce_returns import return_from_wire
from sandbox.core.systems.wms_returns import receipt_from_wire

ASKED: Final = "commerce-returns"
RECEIVED: Final = "wms-returns"


class Returns:
    """Opens a document for each return that the shop has authorised, and brings it the warehouses' receipts."""

    def __init__(self, parts: Parts, flow: DocumentFlow) -> None:
        self._parts = parts
        self._flow = flow
        self._news = parts.design.flows.returns
        self._team = parts.team
        self._team.answer("refunded", self._take_refund)
        flow.handle(KIND, ReturnToCredit(parts))
        commerce, wms, errand = parts.systems.commerce_returns, parts.systems.wms_returns, Errand("poll")
        self._asked = ListPolling(
            parts, ASKED, "commerce", lambda at, limit: commerce.returns_after(at, limit, errand), self.take_return
        )
        self._received = ListPolling(
            parts, RECEIVED, "wms", lambda at, limit: wms.returns_after(at, limit, errand), self.take_receipt
        )

    def listen(self, webhooks: Webhooks) -> None:
        """Have the news come in: webhooks, and rows that were put aside."""
        if self._news.listens:
            webhooks.read("commerce", "return.requested", self._hear_return)
            webhooks.read("commerce", "payment.refunded", self._hear_refund)
            webhooks.read("wms", "return.received", self._hear_receipt)
        webhooks.read_rows({ASKED: self.take_return, RECEIVED: self.take_receipt})

    async def poll(self) -> None:
        """Ask for what no webhook has brought, until cancelled; seldom where nobody gives anything back."""
        ask, idle = self._news.ask, 0
        if ask is None:
            return
        while True:
            await rest(ask, self._parts.ports.clock)
            if idle:
                idle -= 1
                continue
            await self._asked.poll()
            if next(self._flow.under_way(KIND), None) is not None or self._team.is_shared:
                await self._received.poll()
            elif self._news.listens and not await self._is_used():
                idle = rounds_spared(ask, self._parts.ports.clock.now_us())

    async def take_return(self, wire: Mapping[str, Any]) -> None:
        """A return as sent or as listed; one with a status is known. Raises KeyError, TypeError or ValueError."""
        asked = return_from_wire(wire)
        if asked.status != "requested":
            return
        if not await self._flow.open(KIND, asked.rma, asked.about(), asked.traceparent):
            self._parts.ports.observer.note("duplicate.absorbed", asked.rma, source=KIND)

    async def take_receipt(self, wire: Mapping[str, Any]) -> None:
        """A warehouse's return order; what has come is news. Raises KeyError, TypeError or ValueError."""
        receipt = receipt_from_wire(wire)
        if receipt is not None:
            await self._flow.tell(KIND, receipt.rma, f"received|{receipt.return_order}", receipt.news())

    async def _hear_return(self, message_id: str, data: Mapping[str, Any]) -> None:
        await self.take_return(data)

    async def _hear_receipt(self, message_id: str, data: Mapping[str, Any]) -> None:
        await self.take_receipt(data)

    async def _hear_refund(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The shop has given money back: by our own asking, so it is news only where we never heard the answer."""
        told = {"reference": str(data["reference"]), "refund": str(data["refund"])}
        await self._take_refund(told)
        await self._team.ask_all("refunded", told)

    async def _take_refund(self, told: Row) -> None:
        credit_note, refund = told["reference"], told["refund"]
        for state in self._flow.under_way(KIND):
            for row in state.progress.get("receipts", {}).values():
                if row.get("credit_note") == credit_note and "refund" not in row:
                    news = {"kind": "refunded", "credit_note": credit_note, "refund": refund}
                    await self._flow.tell(KIND, state.number, f"refunded|{refund}", news)

    async def _is_used(self) -> bool:
        records = self._parts.records
        return await records.journal.run(lambda tx: records.cursors.get(tx, ASKED)) is not None
