"""B45: a return is credited and refunded when it is announced, before anything has come back.

The trigger is the wrong event. Minimal: one return.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.processes.document_state import DocumentState
from sandbox.core.processes.return_to_credit import KIND
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B45",
    source="woocommerce-payments#7969: the money went back before the goods did",
    invariants=("I7", "I12"),
    overrides={
        "demand": {"returns": {"share": "20%", "after": "4h"}},
        "systems": {"commerce": {"parcel_takes": "2h"}},
        "phases": {"settle": "8d"},
    },
)
MINIMAL: dict[str, Any] = {"faults": []}

HaveAll = Callable[[DocumentState], Awaitable[bool]]


def _believed(have_all: HaveAll) -> HaveAll:
    async def announced_is_received(state: DocumentState) -> bool:
        receipts = state.progress.setdefault("receipts", {})
        for site, part in state.progress["sites"].items():
            lines = [[line, sku, quantity, "restock"] for line, sku, quantity in part["lines"]]
            receipts.setdefault(part["return_order"], {"site": site, "lines": lines})
        return await have_all(state)

    return announced_is_received


@planted
def core(hub: Hub) -> None:
    """What was announced counts as received."""
    plant(hub._supply.flow._processes[KIND], "_have_all", _believed)
