"""B60: an order that can't be read is tried again and again, and whatever comes after it waits.

Orders come by list alone, and the cursor stays before the first failure. Minimal: one spoiled row for half a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant

MUTANT = Mutant(
    number="B60",
    source="mc-magento2#195: one bad order held up all others; ServiceControl#2058",
    invariants=("I12", "I10"),
)
MINIMAL = {
    "faults": [
        {
            "poisoned_rows": {
                "system": "commerce", "operation": "listOrders", "poison": "unknown_status", "share": "4%", "for": "24h"
            }
        }
    ]
}  # fmt: skip


async def _stop(
    source: str, message_id: str, message: dict[str, object], name: str, error: Exception, order: str | None
) -> None:
    raise error


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """Nothing is put aside."""
    orders = replace(design.flows.orders, listens=False)
    hub = Hub(ports, replace(design, flows=replace(design.flows, orders=orders)), credentials)
    plant(hub, "parts.records.aside.park", lambda _: _stop)
    return hub
