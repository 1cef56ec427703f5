"""Substitution: what can't be had is served with another item, where customer and item master allow it."""

from __future__ import annotations

from sandbox.core.model.order import OrderLine
from sandbox.core.policies.cache import Cache
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

_SUBSTITUTES_CACHE_US = 3_600_000_000
_SUBSTITUTES_CACHED = 5_000


class Substitution:
    """Chooses a substitute, writes the choice down, and has channel and ERP change the order."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._erp = parts.systems.erp
        self._commerce = parts.systems.commerce
        self._sellable = parts.sellable
        self._allowed = "substitute" in parts.design.shortages.short_picks
        self._known: Cache[str, tuple[str | None]] = Cache(
            _SUBSTITUTES_CACHE_US, _SUBSTITUTES_CACHED, parts.ports.clock
        )
        self._once_in_shop = Once(parts, "commerce", keep)
        self._keep = keep

    async def serve(self, state: OrderState, lacking: list[OrderLine]) -> bool:
        """Serve one of the lacking lines with a substitute, if one is to be had; whether the order has changed."""
        if not self._allowed or not state.order.substitutes:
            return False
        for line in lacking:
            substitute = await self._substitute_for(state, line)
            if substitute is not None:
                state.substituting = (line.line, line.quantity, substitute)
                await self._keep(state)
                return await self.carry_out(state)
        return False

    async def carry_out(self, state: OrderState) -> bool:
        """Do what was chosen, unless the channel says no: each step has its key, so it may be done again."""
        assert state.substituting is not None
        assert state.sales_order is not None
        number, quantity, substitute = state.substituting
        line = next(each for each in state.order.lines if each.line == number)
        number_there, revision, errand = state.order.order, state.order.revision, state.errand
        key = state.key("substitution", revision + 1)
        try:
            order = await self._once_in_shop.do(
                state,
                key,
                lambda: self._commerce.substitute(number_there, line.part(quantity), substitute, key, errand),
                lambda: self._commerce.order_since(number_there, revision, errand),
            )
        except SystemRefused:
            state.substituting = None
            await self._keep(state)
            return False
        change = state.key("change", order.revision)
        await self._erp.change_sales_order(state.sales_order, order, change, state.errand)
        self._sellable.amend(state.saga, state.order.lines, order.lines)
        state.change_order(order)
        state.substituting = None
        state.short_at.pop(number, None)
        await self._keep(state)
        return True

    async def _substitute_for(self, state: OrderState, line: OrderLine) -> str | None:
        """The line's substitute, if all that is lacking can be had of it and nobody else waits for that.

        A case is not broken: what lacks of one can only wait.
        """
        if line.quantity % line.pack:
            return None
        known = self._known.get(line.sku)
        if known is None:
            try:
                known = (await self._erp.substitute_for(line.sku, state.errand),)
            except SystemRefused:
                known = (None,)
            self._known.put(line.sku, known)
        (substitute,) = known
        if substitute is None or self._sellable.promise(substitute) < line.quantity:
            return None
        return substitute
