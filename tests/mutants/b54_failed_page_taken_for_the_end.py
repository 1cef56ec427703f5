"""B54: a page that fails counts as an empty one, and the cursor moves on to the time of asking.

Minimal: an order of which no webhook tells, and a list that can't be had when it is asked for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.list_polling import Page
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B54",
    source="pandium#13: an error became an empty list, and that the end of the synchronisation",
    invariants=("I1",),
)
MINIMAL = {
    "faults": [
        {"webhook_lost": {"system": "commerce", "topic": "order.created", "order": "W-000006"}},
        {"error": {"system": "commerce", "operation": "listOrders", "at": "10:30", "for": "1h"}},
    ]
}

Fetch = Callable[[str, int, Errand], Awaitable[Page]]


@planted
def core(hub: Hub) -> None:
    """An error is an empty list."""
    clock = hub.parts.ports.clock

    def moving_on(fetch: Fetch) -> Fetch:
        since_us = 0

        async def orders_after(cursor: str, limit: int, errand: Errand) -> Page:
            nonlocal since_us
            try:
                page, position, more = await fetch(cursor, limit, errand)
            except SystemUnavailable:
                since_us = clock.now_us()
                return [], cursor, False
            return [row for row in page if row["updated_at_us"] >= since_us], position, more

        return orders_after

    plant(hub, "parts.systems.commerce.orders_after", moving_on)
