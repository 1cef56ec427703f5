"""B28: stock is added up by shipping zone, and a warehouse that serves two of them counts twice.

Minimal: no fault at all, and goods that are short.
"""

from __future__ import annotations

from typing import Any, Final

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B28",
    source="saleor PR 11233; medusa#3684; openlinker#3208: one warehouse in two zones",
    invariants=("I3", "I8"),
    overrides={"demand": {"opening": {"cover": 0.6}}},
)
MINIMAL: dict[str, Any] = {}
_ZONES: Final = {"north": ("LDS", "BHM"), "south": ("BHM", "RDG")}


@planted
def core(hub: Hub) -> None:
    """Add the zones up."""
    sellable = hub.parts.sellable

    def of_all_zones(promise: Any) -> Any:
        def of(sku: str) -> int:
            sites = sellable.available.get(sku, {})
            physical = sum(sites.get(site, 0) for zone in _ZONES.values() for site in zone)
            return max(0, physical - sellable.unreserved.get(sku, 0))

        return of

    plant(sellable, "promise", of_all_zones)
