"""B25: an order counts against the stock when it is reserved, not when it is taken: until then it is sold again.

Minimal: the ERP is away for hours, so that orders wait before their reservation, and goods that are short.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B25",
    source="magento inventory#2722, #3072; vendure#3508: checked in one transaction, allocated in another",
    invariants=("I3",),
    overrides={"demand": {"opening": {"cover": 0.6}}},
)
MINIMAL = {"faults": [{"outage": {"system": "erp", "from": "10:00", "to": "16:00"}}]}


@planted
def core(hub: Hub) -> None:
    """Promise what no site has given away yet."""
    sellable = hub.parts.sellable

    def unreserved_too(promise: Any) -> Any:
        def of(sku: str) -> int:
            return max(0, sum(sellable.available.get(sku, {}).values()))

        return of

    plant(sellable, "promise", unreserved_too)
