"""Changes of mind: a customer's request to cancel or to edit is granted where all of it can be done, else refused.

The outcome is decided by what the warehouse lets go. It is all or nothing: where a part can't be taken back, what
was taken back already is planned anew as the rest of the order, and the customer is told no.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.processes.order_entry import Keep, OrderEntry
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.sourcing import Sourcing
from sandbox.core.processes.taking_back import TakingBack
from sandbox.core.systems.client import SystemRefused

TOO_LATE, CHANGED_SINCE = "too-late", "order-changed"


class OrderChanges:
    """Answers the requests of one order after the other. `keep` writes the state down.

    A crash at any point leaves the request unanswered and the shipments as they are or taken back: the next incarnation
    comes to the same answer, because every step can be repeated. Refusals are told as events, so that an order doesn't
    wait for a channel that is down.
    """

    def __init__(self, parts: Parts, entry: OrderEntry, sourcing: Sourcing, keep: Keep) -> None:
        self._erp = parts.systems.erp
        self._commerce = parts.systems.commerce
        self._sellable = parts.sellable
        self._entry = entry
        self._taking_back = TakingBack(parts, sourcing)
        self._keep = keep

    async def answer(self, state: OrderState) -> None:
        """Answer all requests. Raises SystemUnavailable while a system that has a say is away."""
        while state.requests and state.outcome is None:
            request = state.requests[0]
            if request.kind == "cancellation":
                await self._cancel(state, request)
            else:
                await self._edit(state, request)
            await self._keep(state)

    async def refuse_all(self, state: OrderState) -> None:
        """The order is done and stays as it is. The requests of a cancelled one are settled by the channel itself."""
        for request in list(state.requests):
            if state.outcome == "delivered":
                self._refuse(state, request, TOO_LATE)
            else:
                self._settle(state, request)
        await self._keep(state)

    async def _cancel(self, state: OrderState, request: ChangeRequest) -> None:
        if not any(shipment.is_beyond_recall for shipment in state.shipments):
            await self._taking_back.take_back(state, "cancelled")
        if state.shipments or not await self._cancel_sales_order(state):
            self._refuse(state, request, TOO_LATE)
            return
        await self._commerce.cancel(state.order.order, request.reason, state.errand)
        self._sellable.forget(state.order)
        self._settle(state, request)
        state.outcome = "cancelled"

    async def _cancel_sales_order(self, state: OrderState) -> bool:
        """Whether the ERP holds no live order any more."""
        if not await self._find_sales_order(state):
            return True
        assert state.sales_order is not None
        try:
            await self._erp.cancel_sales_order(state.sales_order, "cancelled by the customer", state.errand)
        except SystemRefused as refusal:
            if refusal.status != 409:
                raise
            return False
        return True

    async def _edit(self, state: OrderState, request: ChangeRequest) -> None:
        if request.revision != state.order.revision + 1:
            self._refuse(state, request, CHANGED_SINCE)
            return
        if not _is_held_back(state, request):
            if _is_feasible(state, request):
                await self._taking_back.take_back(state, "edited")
            if not _is_feasible(state, request):
                self._refuse(state, request, TOO_LATE)
                return
        order = replace(
            state.order,
            lines=request.lines,
            ship_to=request.ship_to or state.order.ship_to,
            total_minor=request.total_minor,
            revision=request.revision,
        )
        if await self._find_sales_order(state):
            assert state.sales_order is not None
            key = state.key("change", request.request)
            try:
                await self._erp.change_sales_order(state.sales_order, order, key, state.errand)
            except SystemRefused as refusal:
                self._refuse(state, request, refusal.code)
                return
        await self._commerce.accept_edit(state.order.order, request.request, state.errand)
        self._sellable.amend(state.saga, state.order.lines, order.lines)
        state.change_order(order)
        self._settle(state, request)

    async def _find_sales_order(self, state: OrderState) -> bool:
        """Whether there is an ERP order. Where one may have been made unheard, its key finds it."""
        if state.sales_order is None and state.asked_erp:
            try:
                await self._entry.create(state)
            except SystemRefused:
                return False
        return state.sales_order is not None

    def _refuse(self, state: OrderState, request: ChangeRequest, reason: str) -> None:
        self._settle(state, request)
        told = {"order": state.order.order, "kind": request.kind, "request": request.request, "reason": reason}
        state.events.append(("change.refused", told))

    @staticmethod
    def _settle(state: OrderState, request: ChangeRequest) -> None:
        state.requests.remove(request)
        state.answered.append(request.request)


def _is_held_back(state: OrderState, request: ChangeRequest) -> bool:
    """Whether the edit concerns only what waits for stock: no shipment has to be touched."""
    return bool(state.shipments) and _is_feasible(state, request, all_of_them=True)


def _is_feasible(state: OrderState, request: ChangeRequest, *, all_of_them: bool = False) -> bool:
    """Whether what can't be taken back (or all shipments) goes with the edit: no more of a line, the same address."""
    fixed = [shipment for shipment in state.shipments if all_of_them or shipment.is_beyond_recall]
    if not fixed:
        return True
    if request.ship_to is not None and dict(request.ship_to) != dict(state.order.ship_to):
        return False
    left = {line.line: line.quantity for line in request.lines}
    for shipment in fixed:
        for line, _, quantity in shipment.lines:
            left[line] = left.get(line, 0) - quantity
    return all(quantity >= 0 for quantity in left.values())
