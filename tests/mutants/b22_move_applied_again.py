"""B22: a stock movement is added up each time that it comes, whether or not it has been already.

Minimal: the warehouse tells of what suppliers have brought, and does it twice.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.inventory import Movement
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B22",
    source="square connect-api-examples#135 and its kind: a replay is taken for another delta",
    invariants=("I8", "I9"),
    overrides={
        "world": {"days": 2},
        "demand": {"orders_per_day": 27},
        "systems": {"erp": {"replenishment": {"hour": 6, "lead_days": 0.2, "lead_spread_days": 0.1}}},
    },
)
MINIMAL: dict[str, Any] = {
    "faults": [{"webhook_doubled": {"system": "wms", "topic": "stock.moved", "from": "1d 4:00", "after": "1m"}}],
}


@planted
def core(hub: Hub) -> None:
    """Forget how far the movements of an item were taken in."""
    sellable = hub.parts.sellable

    def whatever_its_number(move: Any) -> Any:
        def take(movement: Movement, now_us: int) -> bool:
            sellable._sequence.pop((movement.site, movement.sku), None)
            return bool(move(movement, now_us))

        return take

    plant(sellable, "move", whatever_its_number)
