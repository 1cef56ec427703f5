"""B39: of a split shipment, only the first parcel is told to the shop.

Whoever has told of one fulfilment of an order takes the next for the same one. Minimal: an order of two sites.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B39",
    source="nearmerch#214: the tracking of a second parcel replaced the first one's; myparcelnl#111: only one is told",
    invariants=("I17", "I12"),
)
MINIMAL: dict[str, Any] = {"faults": []}

Tell = Callable[[str, Mapping[str, Any], str, Errand], Awaitable[None]]


def _first_only(tell: Tell) -> Tell:
    told: set[str] = set()

    async def add_fulfilment(order: str, dispatch: Mapping[str, Any], key: str, errand: Errand) -> None:
        if order not in told:
            await tell(order, dispatch, key, errand)
            told.add(order)

    return add_fulfilment


@planted
def core(hub: Hub) -> None:
    """One telling for each order."""
    plant(hub, "parts.systems.commerce.add_fulfilment", _first_only)
