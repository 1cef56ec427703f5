"""B27: figures are worked out anew by a sweep every few hours, not after an order: the shop is told the old ones.

The shop holds back what it has sold itself until it hears that we reckon with it; which we say, and don't. Minimal: no
fault at all, and goods that are short.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B27",
    source="openlinker#2623: what an order changes is propagated by a cycle of 25 hours",
    invariants=("I3", "I9"),
    overrides={"demand": {"opening": {"cover": 0.6}}},
    design="tests/mutants/designs/seldom_reconciled.yaml",
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Keep each figure until the next reconciliation."""
    sellable = hub.parts.sellable
    figures: dict[str, int] = {}

    def kept(promise: Any) -> Any:
        def of(sku: str) -> int:
            return figures.setdefault(sku, promise(sku))

        return of

    def swept(reconcile: Any) -> Any:
        def sweep(*snapshot: Any) -> Mapping[tuple[str, str], int]:
            drift: Mapping[tuple[str, str], int] = reconcile(*snapshot)
            figures.clear()
            sellable.soil(list(sellable.available))
            return drift

        return sweep

    plant(sellable, "promise", kept)
    plant(sellable, "reconcile", swept)
