"""The price rule at order entry: no line below the ERP's floor, unless the channel still showed an older price."""

from __future__ import annotations

from sandbox.core.model.order import OrderLine
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.waiting import Stuck
from sandbox.core.systems.erp import QuotedPrice


class PriceRule:
    """Holds an order's prices against the ERP's floors of today."""

    def __init__(self, parts: Parts) -> None:
        self._erp = parts.systems.erp
        self._commerce = parts.systems.commerce
        self._records = parts.records
        self._sync = parts.design.flows.master_data.ask

    async def check(self, state: OrderState, quoted: list[QuotedPrice]) -> None:
        """Raises Stuck for a line below the floor that the channel had no reason to sell at."""
        for line, quote in zip(state.order.lines, quoted, strict=True):
            if line.price_minor < quote.floor_minor and not await self._is_older_price(state, line, quote):
                raise Stuck(
                    "price-below-floor",
                    f"{state.order.order} line {line.line}: {line.sku} at {line.price_minor}, "
                    f"the ERP's floor is {quote.floor_minor}",
                )

    async def _is_older_price(self, state: OrderState, line: OrderLine, quote: QuotedPrice) -> bool:
        """Whether the line is as near to a list price that was shown when it was ordered as the floor is to today's."""
        if self._sync is None:
            return False
        # What the channel showed may be as old as two syncs are apart.
        next_us = self._sync.due_us(state.accepted_at_us)
        since_us = state.accepted_at_us - (self._sync.due_us(next_us) - next_us)
        entry = await self._records.journal.run(lambda tx: self._records.catalogue.get(tx, line.sku))
        if entry is not None:
            shown_minor = entry.prices_since(since_us)
        else:
            listed = await self._commerce.listed_item(line.sku, state.errand)
            shown_minor = [listed.price_minor] if listed is not None else []
        today_minor = (await self._erp.item(line.sku, state.errand)).price_minor
        # A minor unit to spare, because both floors and prices were rounded.
        return any((line.price_minor + 1) * today_minor >= quote.floor_minor * shown for shown in shown_minor)
