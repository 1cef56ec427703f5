"""B02: an order's effect is committed, and that it was processed is marked in another transaction, afterwards.

Minimal: the core loses power between the two. The shop has heard nothing and sends the order again; no mark says that
it is known.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.core.journal.tables import INBOX
from sandbox.core.model.order import Order
from sandbox.core.ports import Row, Transaction
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted
from tests.mutants.second_undertakings import admit_by, undertake

MUTANT = Mutant(
    number="B02",
    source="Truxify#15653: a replay skipped the claim and did it again",
    invariants=("I2",),
)
MINIMAL = {
    "faults": [
        {"core_crash": {"commit": "inbox+saga_orders+sagas", "order": "W-000003", "occurrence": 1, "down_for": "1m"}},
    ]
}


@planted
def core(hub: Hub) -> None:
    """Look for the mark, do it, mark it."""
    run, inbox, clock = hub.parts.records.journal.run, hub.parts.records.inbox, hub.parts.ports.clock

    async def admit(order: Order) -> None:
        async def marked(tx: Transaction) -> Row | None:
            return await tx.get(INBOX, f"commerce.order/{order.order}")

        if await run(marked) is None:
            await undertake(hub, order)
            await run(lambda tx: inbox.admit(tx, "commerce.order", order.order, clock.now_us()))

    admit_by(hub, admit)
