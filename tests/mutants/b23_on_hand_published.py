"""B23: a snapshot's on-hand figure is taken for what can be sold: what is reserved and not shipped yet is sold again.

Minimal: no fault at all; a snapshot is taken while orders are being picked, and goods are short.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.inventory import SiteStock
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B23",
    source="WooCommerceConnector#41: 80 in place of 51",
    invariants=("I3",),
    overrides={"demand": {"skus": 5, "opening": {"cover": 0.8}}},
    design="tests/mutants/designs/snapshots_while_picking.yaml",
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """No look at what is reserved."""

    def on_hand(stock: Any) -> Any:
        async def snapshot(errand: Errand) -> Sequence[SiteStock]:
            return [row._replace(reserved=0) for row in await stock(errand)]

        return snapshot

    plant(hub, "parts.systems.wms.stock", on_hand)
