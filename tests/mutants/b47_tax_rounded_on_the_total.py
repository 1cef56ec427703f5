"""B47: shop and ERP tax the line, and the integration takes from the card what comes of a tax on the total.

Each line's tax is rounded for itself, so the sum may be a cent more or less. Minimal: an order of two lines, taxed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B47",
    source="woocommerce#25641: tax rounded by line in one place and on the total in the other; medusa#14817",
    invariants=("I7",),
    overrides={"demand": {"tax": {"rates": {"GB": {"standard": "20%"}}}}},
)
MINIMAL: dict[str, Any] = {"faults": []}

Capture = Callable[[str, int, str, str, Errand], Awaitable[str]]


@planted
def core(hub: Hub) -> None:
    """Captures of whole orders are reckoned anew, with a fifth of the total for tax."""
    under_way = hub.order_to_cash._states

    def reckoning(capture: Capture) -> Capture:
        async def capture_total(order: str, amount_minor: int, reference: str, key: str, errand: Errand) -> str:
            state = under_way[order]
            if len(state.shipments) == 1:
                net_minor = sum(line.net_minor for line in state.order.lines)
                amount_minor = min(amount_minor, net_minor + (2 * net_minor + 5) // 10)
            return await capture(order, amount_minor, reference, key, errand)

        return capture_total

    plant(hub, "parts.systems.commerce.capture", reckoning)
