"""B34: a compensation that fails is taken for one that succeeded.

When an order is cancelled, its outbound order and its stock are to be taken back; where the warehouse does not answer,
the order is cancelled all the same, and nobody is told. Minimal: one order is cancelled while the warehouse is away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.shipment import Outbound
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B34",
    source="ai-incident-investigator#12: stock that can not be released after a failed charge; medusa#5691",
    invariants=("I14", "I10"),
    overrides={"demand": {"changes": {"cancel": "25%", "edit": "20%", "within": "30m"}}},
)
MINIMAL = {"faults": [{"error": {"system": "wms", "operation": "cancelOutbound", "at": "14:30", "for": "30m"}}]}

Cancel = Callable[[str, str, Errand], Awaitable[Outbound]]


def _silent(cancel: Cancel) -> Cancel:
    async def cancel_outbound(outbound: str, reason: str, errand: Errand) -> Outbound:
        try:
            return await cancel(outbound, reason, errand)
        except SystemUnavailable:
            return Outbound(outbound, "", "", "cancelled", 0, None, None)

    return cancel_outbound


@planted
def core(hub: Hub) -> None:
    """A warehouse that does not answer has cancelled."""
    plant(hub, "parts.systems.wms.cancel_outbound", _silent)
