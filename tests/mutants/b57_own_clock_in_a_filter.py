"""B57: a list is asked for what changed since the last look, by the worker's clock instead of the shop's.

A clock that is ahead, or in another zone, asks for the time after what it should have. Minimal: an order of which no
webhook tells, while the clock is an hour ahead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.processes.list_polling import Page
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B57",
    source="openlinker#2605: the filter's time was the worker's own, in its own zone",
    invariants=("I1", "I2"),
)
MINIMAL = {
    "faults": [
        {"core_clock": {"ahead": "1h", "at": "9:40", "for": "2h"}},
        {"webhook_lost": {"system": "commerce", "topic": "order.created", "order": "W-000006"}},
    ]
}

Fetch = Callable[[str, int, Errand], Awaitable[Page]]


@planted
def core(hub: Hub) -> None:
    """A filter by the worker's clock."""
    clock = hub.parts.ports.clock

    def since_last_look(fetch: Fetch) -> Fetch:
        looked_us = 0

        async def orders_after(cursor: str, limit: int, errand: Errand) -> Page:
            nonlocal looked_us
            since_us, looked_us = looked_us, clock.now_us()
            page, position, more = await fetch(cursor, limit, errand)
            return [row for row in page if row["updated_at_us"] >= since_us], position, more

        return orders_after

    plant(hub, "parts.systems.commerce.orders_after", since_last_look)
