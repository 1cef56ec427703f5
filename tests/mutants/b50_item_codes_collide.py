"""B50: item codes are compared without their zeros, so that two items become one.

SKU-0010 finds SKU-0001, which was there first. Minimal: an order of the later one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B50",
    source="magento2#37919: item codes that differ in leading zeros were taken for one",
    invariants=("I13", "I17"),
    overrides={
        "demand": {
            "skus": 12,
            "orders": [{"at": "10:00", "lines": [{"sku": "SKU-0010", "quantity": 2, "price_minor": 9900}]}],
        }
    },
)
MINIMAL: dict[str, Any] = {"faults": []}

Admit = Callable[[Order], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """The first known item whose code is the same without zeros."""
    known = hub.parts.sellable.available

    def same_item(sku: str) -> str:
        return next((other for other in sorted(known) if other.replace("0", "") == sku.replace("0", "")), sku)

    def normalising(admit: Admit) -> Admit:
        async def admit_normalised(order: Order) -> None:
            lines = [replace(line, sku=same_item(line.sku)) for line in order.lines]
            await admit(replace(order, lines=tuple(lines)))

        return admit_normalised

    plant(hub, "_intake._admit", normalising)
