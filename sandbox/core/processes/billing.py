"""Billing: goods issue, invoice, capture, payment, each once for every shipment, and only after it has left."""

from __future__ import annotations

from sandbox.core.model.shipment import Shipment
from sandbox.core.policies.cadence import Cadence
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts


class Billing:
    """The steps from a shipment that has left to its money."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._erp = parts.systems.erp
        self._commerce = parts.systems.commerce
        self._clock = parts.ports.clock
        self._invoicing = parts.design.flows.invoicing.when
        self._collection = parts.design.flows.collection.when
        self._once_in_erp, self._once_in_shop = Once(parts, "erp", keep), Once(parts, "commerce", keep)
        self._keep = keep

    async def bill(self, state: OrderState, shipment: Shipment) -> None:
        """Do what is due for this shipment; goods issue and invoice, each keyed, are kept together."""
        if shipment.invoice is None:
            if not await self._has_come(state, "invoicing", shipment, self._invoicing):
                return
            if shipment.goods_issue is None:
                await self._issue(state, shipment)
            await self._invoice(state, shipment)
            state.runs.pop(f"invoicing {shipment.reference}", None)
        if state.order.payment == "card" and shipment.payment is None:
            await self._keep(state)
            if not await self._has_come(state, "collection", shipment, self._collection):
                return
            await self._collect(state, shipment)
            state.runs.pop(f"collection {shipment.reference}", None)
        if all(self.is_billed(state, part) for part in state.shipments) and not (state.has_rest and state.rest()):
            state.reach("invoiced")
        await self._keep(state)

    @staticmethod
    def is_billed(state: OrderState, shipment: Shipment) -> bool:
        """Whether nothing is left to do for the shipment's money."""
        return shipment.invoice is not None and (state.order.payment != "card" or shipment.payment is not None)

    async def _has_come(self, state: OrderState, work: str, shipment: Shipment, when: Cadence) -> bool:
        planned = len(state.runs)
        has_come = state.is_due(f"{work} {shipment.reference}", when, self._clock.now_us())
        if len(state.runs) > planned:
            await self._keep(state)  # else a crash would put it off to the run after
        return has_come

    async def _issue(self, state: OrderState, shipment: Shipment) -> None:
        assert state.sales_order is not None
        key = state.key("goods-issue", shipment.reference)
        sales_order, errand = state.sales_order, state.errand
        shipment.goods_issue = await self._once_in_erp.do(
            state,
            key,
            lambda: self._erp.post_goods_issue(sales_order, shipment, key, errand),
            lambda: self._erp.goods_issue_of(shipment.reference, errand),
        )

    async def _invoice(self, state: OrderState, shipment: Shipment) -> None:
        assert state.sales_order is not None
        key = state.key("invoice", shipment.reference)
        sales_order, errand = state.sales_order, state.errand
        posted = await self._once_in_erp.do(
            state,
            key,
            lambda: self._erp.post_invoice(sales_order, shipment, key, errand),
            lambda: self._erp.invoice_of(shipment.reference, errand),
        )
        shipment.invoice, shipment.invoice_minor = posted.invoice, posted.total_minor
        state.bind("erp.invoice", posted.invoice, shipment.reference)

    async def _collect(self, state: OrderState, shipment: Shipment) -> None:
        """Capture exactly what was invoiced, and book it in the ERP."""
        assert shipment.invoice is not None
        amount_minor = shipment.invoice_minor
        if shipment.capture is None:
            shipment.capture = await self._capture(state, shipment, shipment.invoice)
            await self._keep(state)
        key, errand = state.key("payment", shipment.reference), state.errand
        invoice, capture = shipment.invoice, shipment.capture
        shipment.payment = await self._once_in_erp.do(
            state,
            key,
            lambda: self._erp.post_payment(invoice, amount_minor, capture, key, errand),
            lambda: self._erp.payment_of(capture, errand),
        )

    async def _capture(self, state: OrderState, shipment: Shipment, invoice: str) -> str:
        order, key, errand = state.order.order, state.key("capture", shipment.reference), state.errand
        return await self._once_in_shop.do(
            state,
            key,
            lambda: self._commerce.capture(order, shipment.invoice_minor, invoice, key, errand),
            lambda: self._commerce.capture_of(order, invoice, errand),
        )
