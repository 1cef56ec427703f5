"""B43: a refund is booked when it is made, and again when the shop's webhook tells of it.

Minimal: one return that is refunded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.ports import Row
from sandbox.core.processes.return_to_credit import KIND
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B43",
    source="Smartstore#1544: a refund was booked locally and once more by the webhook that followed it",
    invariants=("I7",),
    overrides={
        "demand": {"returns": {"share": "20%", "after": "4h"}},
        "systems": {"commerce": {"parcel_takes": "2h"}},
        "phases": {"settle": "8d"},
    },
)
MINIMAL: dict[str, Any] = {"faults": []}

Hear = Callable[[Row], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """The webhook books, too."""
    erp, flow = hub.parts.systems.erp_returns, hub._supply.flow

    def booking(hear: Hear) -> Hear:
        async def take_refund(told: Row) -> None:
            note, refund = told["reference"], told["refund"]
            for state in flow.under_way(KIND):
                for row in state.progress.get("receipts", {}).values():
                    if row.get("credit_note") == note:
                        await erp.post_refund(note, row["credit_minor"], refund, f"webhook/{refund}", state.errand)
            await hear(told)

        return take_refund

    plant(hub, "_returns._take_refund", booking)
