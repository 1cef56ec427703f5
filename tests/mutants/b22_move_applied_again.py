"""B22: a stock movement that the warehouse tells of is booked in the ERP each time that it is told.

Minimal: the warehouse's message of what a picker did not find is delivered twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.processes.stock_adjustment import KIND, about_movement, number_of
from sandbox.core.systems.wms import movement_from_wire
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B22",
    source="square connect-api-examples#135 and its kind: a replay is taken for another delta",
    invariants=("I8", "I9"),
    overrides={"systems": {"wms": {"short_picks": "40%"}}},
)
MINIMAL = {
    "faults": [
        {
            "webhook_doubled": {
                "system": "wms",
                "topic": "stock.moved",
                "order": "W-000005",
                "occurrence": 1,
                "after": "1m",
            }
        },
    ]
}


@planted
def core(hub: Hub) -> None:
    """A movement that is known already is another one, unless it comes with the warehouse's list."""
    news, flow = hub._supply.news, hub._supply.flow
    listed: set[str] = set()
    again = count(2)

    def from_list(take: Any) -> Any:
        def take_moved(wire: Mapping[str, Any]) -> bool:
            listed.add(number_of(movement_from_wire(wire)))
            return bool(take(wire))

        return take_moved

    async def adjust(wire: Mapping[str, Any]) -> None:
        movement = movement_from_wire(wire)
        number, about = number_of(movement), about_movement(movement)
        if not await flow.open(KIND, number, about, None) and number not in listed:
            await flow.open(KIND, f"{number}/{next(again)}", about, None)

    plant(news, "_take_moved", from_list)
    plant(news, "_adjust", lambda _: adjust)
