"""Order entry: customer, price and credit are checked, the ERP order is made, stock is found for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.model.shipment import Shipment
from sandbox.core.policies.cache import Cache
from sandbox.core.processes.allocation import allocate
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused

Keep = Callable[[OrderState], Awaitable[None]]

_CUSTOMER_CACHE_US = 600_000_000
_CUSTOMERS_CACHED = 5_000
_NO_STOCK_RETRY_US = 900_000_000
_NO_SNAPSHOT_RETRY_US = 5_000_000


class OrderEntry:
    """The steps from the channel's order to reserved stock. `keep` writes the state down after each effect."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._design = parts.design
        self._clock = parts.ports.clock
        self._erp = parts.systems.erp
        self._wms = parts.systems.wms
        self._commerce = parts.systems.commerce
        self._sellable = parts.sellable
        self._keep = keep
        self._blocked: Cache[str, bool] = Cache(_CUSTOMER_CACHE_US, _CUSTOMERS_CACHED, parts.ports.clock)

    async def validate(self, state: OrderState) -> None:
        """Check the account and the prices. Raises Stuck where the ERP doesn't know or doesn't agree."""
        order = state.order
        try:
            if order.customer is not None and await self._is_blocked(state, order.customer):
                raise Stuck("customer-blocked", f"the ERP takes no orders from account {order.customer}")
            quoted = await self._erp.quote(order, state.errand)
        except SystemRefused as refusal:
            raise Stuck(refusal.code, f"{order.order}: {refusal.detail}") from refusal
        for line in order.lines:
            if line.price_minor < quoted[line.sku].floor_minor:
                raise Stuck(
                    "price-below-floor",
                    f"{order.order} line {line.line}: {line.sku} at {line.price_minor}, "
                    f"the ERP's floor is {quoted[line.sku].floor_minor}",
                )
        state.validated = True

    async def enter(self, state: OrderState) -> None:
        """Make the ERP order, under one key at every attempt; it is kept with the plan, or with the hold."""
        try:
            made = await self._erp.create_sales_order(state.order, state.key("sales-order"), state.errand)
        except SystemRefused as refusal:
            raise Stuck(refusal.code, f"{state.order.order}: the ERP refused it: {refusal.detail}") from refusal
        state.sales_order = made.sales_order
        state.erp_status = made.status
        state.bind("erp.sales_order", made.sales_order, state.saga)
        on_hold = made.status == "on_hold"
        state.reach("on_hold" if on_hold else "accepted")
        if on_hold:
            await self._keep(state)
            raise self._until_next_look()

    async def await_credit(self, state: OrderState) -> None:
        """Ask the ERP how the hold stands. Raises Wait while a clerk has it."""
        assert state.sales_order is not None
        state.erp_status = (await self._erp.sales_order(state.sales_order, state.errand)).status
        if state.erp_status == "on_hold":
            raise self._until_next_look()

    def _until_next_look(self) -> Wait:
        return Wait(self._clock.now_us() + self._design.follow_up.erp_poll_every_us)

    async def turn_down(self, state: OrderState) -> None:
        """The ERP rejected the order: cancel it at the channel, which gives the customer the money back."""
        await self._commerce.cancel(state.order.order, "credit-rejected", state.errand)
        self._sellable.forget(state.order)
        state.outcome = "rejected"
        state.reach("rejected")
        await self._keep(state)

    async def reserve(self, state: OrderState) -> None:
        """Plan the shipments and reserve each at its site. Raises Stuck where stock can't be found.

        The plan is kept before it is carried out, its outcome with the release that follows.
        """
        if state.to_release:
            await self._give_back(state)
        if not state.shipments:
            try:
                self._plan(state)
            finally:
                await self._keep(state)
        for shipment in state.shipments:
            if shipment.reservation is None:
                await self._reserve(state, shipment)

    async def _reserve(self, state: OrderState, shipment: Shipment) -> None:
        key = state.key("reservation", shipment.reference)
        try:
            shipment.reservation = await self._wms.reserve(state.order.order, shipment, key, state.errand)
        except SystemRefused as refusal:
            await self._replan(state, shipment, refusal)
        else:
            self._sellable.settle(shipment, self._clock.now_us())

    async def _replan(self, state: OrderState, refused: Shipment, refusal: SystemRefused) -> None:
        """A site holds less than was thought: note what the plan reserved, to be given back, and plan anew."""
        now_us = self._clock.now_us()
        for shipment in state.shipments:
            if shipment.reservation is not None:
                state.to_release.append(shipment.reservation)
            self._sellable.drop(shipment, now_us, was_reserved=shipment.reservation is not None)
        for short in refusal.body.get("short", ()):
            self._sellable.correct(refused.site, short["sku"], short["available"], now_us)
        state.shipments.clear()
        state.plans += 1
        await self._keep(state)
        raise Wait(now_us, settled=False)

    async def _give_back(self, state: OrderState) -> None:
        for reservation in state.to_release:
            await self._wms.release_reservation(reservation, "replanned", state.errand)
        state.to_release.clear()

    def _plan(self, state: OrderState) -> None:
        if not self._sellable.loaded:
            raise Wait(self._clock.now_us() + _NO_SNAPSHOT_RETRY_US, settled=False)
        plan = allocate(state.order.lines, self._sellable.available)
        now_us = self._clock.now_us()
        if plan is None:
            raise Stuck(
                "no-stock", f"{state.order.order}: the sites together hold too little", now_us + _NO_STOCK_RETRY_US
            )
        for number, (site, lines) in enumerate(plan.items(), start=1):
            shipment = Shipment(_reference(state, number), site, tuple(lines))
            state.shipments.append(shipment)
            self._sellable.hold(shipment, now_us)

    async def _is_blocked(self, state: OrderState, customer: str) -> bool:
        known = self._blocked.get(customer)
        if known is None:
            known = await self._erp.customer_is_blocked(customer, state.errand)
            self._blocked.put(customer, known)
        return known


def _reference(state: OrderState, number: int) -> str:
    """A shipment's reference: unique over plans, and the order can be read from it."""
    return f"{state.saga}-{state.plans * 10 + number}"


def saga_of_reference(reference: str) -> str:
    """The saga that a shipment's reference names."""
    return reference.rpartition("-")[0]
