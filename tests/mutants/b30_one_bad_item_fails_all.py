"""B30: an item of which more is owed than there is goes out with a negative figure, and the bulk call is refused whole.

No other item is told either, for as long as that one is in the batch. Minimal: no fault at all; a picker finds less of
an item than the books say, when all of it is sold.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B30",
    source="BCApps#8396: one bundle's SKU in the batch, and the bulk call is refused",
    invariants=("I9", "I10"),
    overrides={"demand": {"opening": {"cover": 0.6}}, "systems": {"wms": {"short_picks": "10%"}}},
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Figures as they come out."""
    sellable = hub.parts.sellable

    def below_zero(promise: Any) -> Any:
        def of(sku: str) -> int:
            return sum(sellable.available.get(sku, {}).values()) - sellable.unreserved.get(sku, 0)

        return of

    plant(sellable, "promise", below_zero)
