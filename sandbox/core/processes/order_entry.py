"""Order entry: customer, price and credit are checked, and the ERP order is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.processes.known_floors import KnownFloors
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.price_rule import PriceRule
from sandbox.core.processes.waiting import Stuck, Wait
from sandbox.core.systems.client import SystemRefused

Keep = Callable[[OrderState], Awaitable[None]]


class OrderEntry:
    """The steps from the channel's order to the ERP's. `keep` writes the state down after each effect."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._clock = parts.ports.clock
        self._erp = parts.systems.erp
        self._commerce = parts.systems.commerce
        self._sellable = parts.sellable
        self._once_in_erp = Once(parts, "erp", keep)
        self._keep = keep
        credit = parts.design.flows.credit
        assert credit.ask is not None, "nobody hears of a decision that got lost"
        self._ask_credit = credit.ask
        self._blocked = parts.blocked
        self._stopped: dict[str, list[str]] = {}
        self._known = KnownFloors(parts)
        self._prices = PriceRule(parts)

    async def validate(self, state: OrderState) -> None:
        """Check the account and the prices. Raises Stuck where the ERP doesn't know or doesn't agree."""
        order = state.order
        try:
            if order.customer is not None and await self._is_blocked(state, order.customer):
                self._stopped.setdefault(order.customer, []).append(state.saga)
                raise Stuck("customer-blocked", f"the ERP takes no orders from account {order.customer}")
            quoted = None if self._known.clear(order) else await self._erp.quote(order, state.errand)
        except SystemRefused as refusal:
            raise Stuck(refusal.code, f"{order.order}: {refusal.detail}") from refusal
        if quoted is not None:
            self._known.learn(order, quoted)
            await self._prices.check(state, quoted)
        state.validated = True

    def account_changed(self, customer: str) -> list[str]:
        """Ask of the account again at its next order; the sagas of those that it has stopped."""
        self._blocked.forget(customer)
        return self._stopped.pop(customer, [])

    async def enter(self, state: OrderState) -> None:
        """Make the ERP order, under one key at every attempt; it is kept with the plan, or with the hold."""
        try:
            await self.create(state)
        except SystemRefused as refusal:
            raise Stuck(refusal.code, f"{state.order.order}: the ERP refused it: {refusal.detail}") from refusal
        on_hold = state.erp_status == "on_hold"
        state.reach("on_hold" if on_hold else "accepted")
        if on_hold:
            await self._keep(state)
            raise self._until_next_look()

    async def create(self, state: OrderState) -> None:
        """Make the ERP order, or find out which one an unheard attempt has made. Raises SystemRefused."""
        revision = state.order.revision
        key = state.key("sales-order", revision) if revision else state.key("sales-order")
        state.asked_erp = True
        order, errand = state.order, state.errand
        made = await self._once_in_erp.do(
            state,
            key,
            lambda: self._erp.create_sales_order(order, key, errand),
            lambda: self._erp.sales_order_of(order.order, errand),
        )
        state.sales_order = made.sales_order
        state.erp_status = made.status
        state.bind("erp.sales_order", made.sales_order, state.saga)

    async def await_credit(self, state: OrderState) -> None:
        """Ask the ERP how the hold stands. Raises Wait while a clerk has it."""
        assert state.sales_order is not None
        try:
            state.erp_status = (await self._erp.sales_order(state.sales_order, state.errand)).status
        except SystemRefused as refusal:
            if refusal.status != 404:
                raise
            raise self._until_next_look() from refusal  # it made the order: it shows a state from before
        if state.erp_status == "on_hold":
            raise self._until_next_look()

    def _until_next_look(self) -> Wait:
        return Wait(self._ask_credit.due_us(self._clock.now_us()))

    async def turn_down(self, state: OrderState) -> None:
        """The ERP rejected the order: cancel it at the channel, which gives the customer the money back."""
        await self._commerce.cancel(state.order.order, "credit-rejected", state.errand)
        self._sellable.forget(state.order)
        state.outcome = "rejected"
        state.reach("rejected")
        await self._keep(state)

    async def _is_blocked(self, state: OrderState, customer: str) -> bool:
        known = self._blocked.get(customer)
        if known is None:
            known = await self._erp.customer_is_blocked(customer, state.errand)
            self._blocked.put(customer, known)
        return known
