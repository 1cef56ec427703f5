"""B05: an intake looks whether an order is known, and then begins with it, in two transactions: two look at once.

Minimal: an order is delivered twice at the same moment.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.systems.commerce import order_from_wire
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted
from tests.mutants.second_undertakings import admit_by, undertake

MUTANT = Mutant(
    number="B05",
    source="OCA/connector-magento#165; woocommerce#62659; medusa#14770: two workers create at once",
    invariants=("I2",),
)
MINIMAL = {
    "faults": [{"webhook_doubled": {"system": "commerce", "topic": "order.created", "order": "W-000003"}}],
}


@planted
def core(hub: Hub) -> None:
    """Check, ask the shop for all of it, create."""
    records, commerce = hub.parts.records, hub.parts.systems.commerce

    async def admit(order: Order) -> None:
        if await records.journal.run(lambda tx: records.sagas.get(tx, order.order)) is None:
            shown = await commerce.order(order.order, Errand.for_order(order.order, order.traceparent, None))
            await undertake(hub, order_from_wire(shown))

    admit_by(hub, admit)
