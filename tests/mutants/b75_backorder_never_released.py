"""B75: goods that come in are for sale again, and nobody looks who waits for them.

Minimal: picks that find too little, and a truck some hours later. Parcels are days under way: news of one that has left
would wake its order, which looks by itself then.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted

MUTANT = Mutant(
    number="B75",
    source="odoo#4237: a backorder stayed unreserved when its goods were received; OCA/wms#1220",
    invariants=("I12", "I3"),
    overrides={
        "demand": {"opening": {"cover": 1.0}},
        "systems": {
            "wms": {"short_picks": "15%"},
            "carrier": {"delivers_within": None},
            "erp": {"replenishment": {"hour": 16, "lead_days": 0.2, "lead_spread_days": 0.1, "suppliers": 1}},
        },
        "phases": {"settle": "5d"},
    },
)
MINIMAL: dict[str, Any] = {"faults": []}


@planted
def core(hub: Hub) -> None:
    """Nobody listens when stock rises."""
    hub.parts.sellable.risen.clear()
