"""B06: whether an order is known is looked up under its number, and saved under another id of it: nobody ever finds it.

Minimal: an order is delivered a second time.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted
from tests.mutants.second_undertakings import admit_by, undertake

MUTANT = Mutant(
    number="B06",
    source="openlinker#348: the mapping is saved under another internal id",
    invariants=("I2",),
)
MINIMAL = {
    "faults": [
        {"webhook_doubled": {"system": "commerce", "topic": "order.created", "order": "W-000003", "after": "1m"}},
    ]
}


@planted
def core(hub: Hub) -> None:
    """Look for the order's number, save its place in the channel's sequence."""
    run, identities = hub.parts.records.journal.run, hub.parts.records.identities

    async def admit(order: Order) -> None:
        if await run(lambda tx: identities.find(tx, "commerce.order", order.order)) is None:
            saga = await undertake(hub, order)
            await run(lambda tx: identities.bind(tx, "commerce.order", f"{order.seq}/{saga}", saga))

    admit_by(hub, admit)
