"""B29: a set counts as one of its component, however many it holds. Here a set is a case of eaches, sold beside them.

Minimal: no fault at all, and goods that are short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.core.model.shipment import Shipment
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B29",
    source="erpnext#49021, #49108: the components of a bundle are not reserved",
    invariants=("I3",),
    overrides={"demand": {"opening": {"cover": 0.6}, "units": {"case_share": "40%", "pack": 4}}},
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Reckon with an order by the units of its lines."""

    def by_unit(expect: Any) -> Any:
        def reckon(order: Order, shipments: Sequence[Shipment]) -> None:
            lines = tuple(replace(line, quantity=line.quantity // line.pack) for line in order.lines)
            expect(replace(order, lines=lines), shipments)

        return reckon

    plant(hub, "parts.sellable.expect", by_unit)
