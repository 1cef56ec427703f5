"""B03: an order is remembered for ten minutes; the shop repeats a webhook, and people replay dead letters, later.

Minimal: a webhook is delivered again after half an hour.
"""

from __future__ import annotations

from typing import Final

from sandbox.core.hub import Hub
from sandbox.core.journal.tables import INBOX
from sandbox.core.model.order import Order
from sandbox.core.ports import Transaction
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted
from tests.mutants.second_undertakings import admit_by, undertake

MUTANT = Mutant(
    number="B03",
    source="square connect-api-examples#135: the same key doubled the quantity",
    invariants=("I2",),
)
MINIMAL = {
    "faults": [
        {"webhook_doubled": {"system": "commerce", "topic": "order.created", "order": "W-000003", "after": "30m"}},
    ]
}
_KEPT_US: Final = 600_000_000


@planted
def core(hub: Hub) -> None:
    """Forget after ten minutes what was admitted, and look nowhere else."""
    clock = hub.parts.ports.clock

    async def admit(order: Order) -> None:
        async def is_new(tx: Transaction) -> bool:
            key, now_us = f"commerce.order/{order.order}", clock.now_us()
            row = await tx.get(INBOX, key)
            if row is not None and now_us - row["at_us"] < _KEPT_US:
                return False
            await tx.put(INBOX, key, {"at_us": now_us, "day": 0})
            return True

        if await hub.parts.records.journal.run(is_new):
            await undertake(hub, order)

    admit_by(hub, admit)
