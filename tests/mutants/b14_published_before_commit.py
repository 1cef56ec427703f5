"""B14: an event goes out before its transaction is committed, and who hears it finds the row as it was before.

That an order is cancelled is told to a consumer of our own, which looks the order up and has the ERP's cancelled. It is
the quicker of the two, finds an order that lives, and takes the message for a stale one. Minimal: no fault at all.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.journal.events import cloud_event
from sandbox.core.model.errand import Errand
from sandbox.core.ports import BusMessage
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B14",
    source="MassTransit#1627: messages went out while their transaction was still being prepared",
    invariants=("I14",),
)
MINIMAL: dict[str, Any] = {}
_TOPIC = "order.cancelled"


@planted
def core(hub: Hub) -> None:
    """Have the ERP's order cancelled by a message, which is published before the cancellation is written down."""
    records, erp = hub.parts.records, hub.parts.systems.erp
    now_us = hub.parts.ports.clock.now_us

    async def publish(state: OrderState) -> bool:
        saga = state.saga
        await records.bus.publish(_TOPIC, cloud_event(f"{saga}#cancelled", _TOPIC, saga, now_us(), 1, {}))
        return True

    async def hear(message: BusMessage) -> None:
        saga = message.event["subject"]
        row = await records.journal.run(lambda tx: records.sagas.get(tx, saga))
        if row is None or row.progress["outcome"] != "cancelled" or row.progress["sales_order"] is None:
            return
        errand = Errand.for_order(saga, None, records.leases.token(saga))
        await erp.cancel_sales_order(row.progress["sales_order"], "cancelled by the customer", errand)

    plant(hub, "order_to_cash._changes._cancel_sales_order", lambda _: publish)
    records.bus.subscribe("cancellations", (_TOPIC,), hear)
