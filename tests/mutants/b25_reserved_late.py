"""B25: an order counts against the stock when it is reserved, not when it is taken: until then it is sold again.

Minimal: no fault at all; orders wait for hours at the credit desk, and goods are short.
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
    overrides={
        "demand": {"account_share": 0.7, "opening": {"cover": 0.6, "tight_credit_share": 0.6}},
        "systems": {"erp": {"credit_clerks": 1, "credit_review": "4h"}},
    },
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Promise what no site has given away yet."""
    sellable = hub.parts.sellable

    def unreserved_too(promise: Any) -> Any:
        def of(sku: str) -> int:
            return max(0, sum(sellable.available.get(sku, {}).values()))

        return of

    plant(sellable, "promise", unreserved_too)
