"""Crediting: what a warehouse has received goes back into the ERP's books, and its money back to the customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from sandbox.core.model.returned import Receipt
from sandbox.core.processes.billing import Billing
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused

_NOT_BILLED_RETRY_US: Final = 900_000_000
_REFUSED_RETRY_US: Final = 14_400_000_000
T = TypeVar("T")


class Crediting:
    """The steps from a parcel that was received to its money, each once for every receipt."""

    def __init__(self, parts: Parts) -> None:
        self._clock = parts.ports.clock
        self._erp = parts.systems.erp_returns
        self._commerce = parts.systems.commerce_returns

    async def settle(
        self, state: DocumentState, order: OrderState, receipt: Receipt, row: dict[str, Any], keep: Keep
    ) -> None:
        """Do what is still to be done; `row` is what is kept of the receipt. Goods and credit are kept together."""
        if "credit_note" not in row:
            self._check_billed(state, order, receipt)
            sales_order = state.progress["sales_order"]
            row["goods_return"] = await self._ask(
                state, row, "goods-return", receipt, keep,
                lambda key: self._erp.post_goods_return(sales_order, receipt, key, state.errand),
            )  # fmt: skip
            note = await self._ask(
                state, row, "credit-note", receipt, keep,
                lambda key: self._erp.post_credit_note(sales_order, receipt, key, state.errand),
            )  # fmt: skip
            row["credit_note"], row["credit_minor"] = note.credit_note, note.total_minor
            await keep(state)
        if state.progress["card"] and row["credit_minor"]:
            await self._refund(state, receipt, row, keep)

    async def _refund(self, state: DocumentState, receipt: Receipt, row: dict[str, Any], keep: Keep) -> None:
        """Give back exactly what was credited, and book it in the ERP."""
        credit_note, amount_minor, order = row["credit_note"], row["credit_minor"], state.about["order"]
        if "refund" not in row:
            row["refund"] = await self._ask(
                state, row, "refund", receipt, keep,
                lambda key: self._commerce.refund(order, amount_minor, credit_note, key, state.errand),
            )  # fmt: skip
            await keep(state)
        if "refund_posting" not in row:
            row["refund_posting"] = await self._ask(
                state, row, "refund-posting", receipt, keep,
                lambda key: self._erp.post_refund(credit_note, amount_minor, row["refund"], key, state.errand),
            )  # fmt: skip
            await keep(state)

    def _check_billed(self, state: DocumentState, order: OrderState, receipt: Receipt) -> None:
        """What was not billed yet can't be credited. Raises Wait until the order's own saga has done so."""
        for reference in state.progress["sites"][receipt.site]["shipments"]:
            shipment = order.shipment(reference)
            if shipment is None or not Billing.is_billed(order, shipment):
                raise Wait(self._clock.now_us() + _NOT_BILLED_RETRY_US)

    async def _ask(
        self,
        state: DocumentState,
        row: dict[str, Any],
        step: str,
        receipt: Receipt,
        keep: Keep,
        call: Callable[[str], Awaitable[T]],
    ) -> T:
        """Make a keyed call. A refusal is kept under its key by those who gave it, so the next attempt has another."""
        refusals = row.get("refusals", 0)
        try:
            return await call(state.key(step, receipt.return_order, *([refusals] if refusals else [])))
        except SystemRefused as refusal:
            row["refusals"] = refusals + 1
            await keep(state)
            message = f"{state.number} of {state.about['order']}: {step} refused by {refusal.system}: {refusal.detail}"
            raise Stuck(refusal.code, message, self._clock.now_us() + _REFUSED_RETRY_US) from refusal
