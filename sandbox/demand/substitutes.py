"""Substitutes: which items may stand in for which, and whose shoppers take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.opening import Item
from mock_systems.kit.streams import Streams
from sandbox.demand.orders import DemandOrder
from sandbox.moments import Share


class SubstitutesBlock(BaseModel):
    """The block `substitutes:` of made-up demand: the share of items that have one, and of orders that allow it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Share = Field(0.3, description="items that another one may stand in for, such as 30%")
    orders: Share = Field(0.5, description="orders whose shoppers take a substitute, such as 50%")

    def paired(self, items: Sequence[Item], streams: Streams) -> tuple[Item, ...]:
        """The items; of a drawn share of them, the next one in price stands in for it."""
        by_price = sorted(items, key=lambda item: (item.price_minor, item.sku))
        nearest = {
            item.sku: by_price[at + 1 if at + 1 < len(by_price) else at - 1].sku for at, item in enumerate(by_price)
        }
        return tuple(
            replace(item, substitute=nearest[item.sku])
            if len(items) > 1 and streams.fraction("substitute", item.sku) < self.items
            else item
            for item in items
        )

    def allowed_by(self, orders: Sequence[DemandOrder], streams: Streams) -> tuple[DemandOrder, ...]:
        """The orders; a drawn share of their shoppers takes substitutes."""
        return tuple(
            replace(
                order, substitutes=order.substitutes or streams.fraction("substitutes", order.reference) < self.orders
            )
            for order in orders
        )
