"""Crediting: what a warehouse has received goes back into the ERP's books, and its money back to the customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from sandbox.core.model.returned import Receipt
from sandbox.core.processes.billing import Billing
from sandbox.core.processes.document_flow import Keep
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.once import Once
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
        self._parts = parts
        self._clock = parts.ports.clock
        self._erp = parts.systems.erp_returns
        self._commerce = parts.systems.commerce_returns

    async def settle(
        self, state: DocumentState, order: OrderState, receipt: Receipt, row: dict[str, Any], keep: Keep
    ) -> None:
        """Do what is still to be done; `row` is what is kept of the receipt. Goods and credit are kept together."""
        if "credit_note" not in row:
            self._check_billed(state, order, receipt)
            sales_order, errand = state.progress["sales_order"], state.errand
            row["goods_return"] = row.get("goods_return") or await self._ask(
                state, row, ("erp", "goods-return"), receipt, keep,
                lambda key: self._erp.post_goods_return(sales_order, receipt, key, errand),
                lambda: self._erp.goods_return_of(receipt, errand),
            )  # fmt: skip
            note = await self._ask(
                state, row, ("erp", "credit-note"), receipt, keep,
                lambda key: self._erp.post_credit_note(sales_order, receipt, key, errand),
                lambda: self._erp.credit_note_of(receipt, _credit_notes(state), errand),
            )  # fmt: skip
            row["credit_note"], row["credit_minor"] = note.credit_note, note.total_minor
            await keep(state)
        if state.progress["card"] and row["credit_minor"]:
            await self._refund(state, receipt, row, keep)

    async def _refund(self, state: DocumentState, receipt: Receipt, row: dict[str, Any], keep: Keep) -> None:
        """Give back exactly what was credited, and book it in the ERP."""
        credit_note, amount_minor, order = row["credit_note"], row["credit_minor"], state.about["order"]
        errand = state.errand
        if "refund" not in row:
            row["refund"] = await self._ask(
                state, row, ("commerce", "refund"), receipt, keep,
                lambda key: self._commerce.refund(order, amount_minor, credit_note, key, errand),
                lambda: self._commerce.refund_of(order, credit_note, errand),
            )  # fmt: skip
            await keep(state)
        if "refund_posting" not in row:
            row["refund_posting"] = await self._ask(
                state, row, ("erp", "refund-posting"), receipt, keep,
                lambda key: self._erp.post_refund(credit_note, amount_minor, row["refund"], key, errand),
                lambda: self._erp.refund_of(row["refund"], errand),
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
        what: tuple[str, str],
        receipt: Receipt,
        keep: Keep,
        act: Callable[[str], Awaitable[T]],
        find: Callable[[], Awaitable[T | None]],
    ) -> T:
        """Do `what`, a step in a system, once; `act` gets its key.

        A refusal is kept under its key by those who gave it, so the next attempt has another.
        """
        (system, step), refusals = what, row.get("refusals", 0)
        key = state.key(step, receipt.return_order, *([refusals] if refusals else []))
        try:
            return await Once(self._parts, system, keep).do(state, key, lambda: act(key), find)
        except SystemRefused as refusal:
            row["refusals"] = refusals + 1
            await keep(state)
            message = f"{state.number} of {state.about['order']}: {step} refused by {refusal.system}: {refusal.detail}"
            raise Stuck(refusal.code, message, self._clock.now_us() + _REFUSED_RETRY_US) from refusal


def _credit_notes(state: DocumentState) -> list[str]:
    """The credit notes that are known of a return."""
    return [row["credit_note"] for row in state.progress["receipts"].values() if "credit_note" in row]
