"""B48: what the customer pays in another currency is booked as if it were the shop's own.

The amounts are the ones that the customer saw, the currency is the company's. Minimal: an order in a foreign currency.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.systems.erp import SalesOrder
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B48",
    source="BCApps#4829: the currency that was shown to the customer was taken for the shop's",
    invariants=("I7",),
    overrides={"demand": {"currencies": {"EUR": "30%"}}},
)
MINIMAL: dict[str, Any] = {"faults": []}

Create = Callable[[Order, str, Errand], Awaitable[SalesOrder]]


def _in_pounds(create: Create) -> Create:
    async def create_sales_order(order: Order, key: str, errand: Errand) -> SalesOrder:
        return await create(replace(order, currency="GBP"), key, errand)

    return create_sales_order


@planted
def core(hub: Hub) -> None:
    """All sales orders are in pounds."""
    plant(hub, "parts.systems.erp.create_sales_order", _in_pounds)
