"""B53: a list is followed by the time of the last change seen, to the minute and strictly later.

What changed in the same minute, and stands on the next page, is passed over; it was the second where it was met, in
which no two orders come when time is made to run fast. Minimal: three orders in one minute across the end of a page, of
which no webhook tells.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.ports import Ports
from sandbox.core.processes.list_polling import Page
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant

_LINES: list[dict[str, Any]] = [{"sku": "SKU-0002", "quantity": 1}]
MUTANT = Mutant(
    number="B53",
    source="openlinker#2605: the cursor was the highest update time, and rows of the same second were skipped",
    invariants=("I1",),
    overrides={"demand": {"orders": [{"at": "10:05", "lines": _LINES}] * 3}},
)
MINIMAL = {
    "faults": [{"webhook_lost": {"system": "commerce", "topic": "order.created", "at": "10:00", "for": "30m"}}],
}
_MINUTE_US: Final = 60_000_000

Fetch = Callable[[str, int, Errand], Awaitable[Page]]


def _by_minute(fetch: Fetch) -> Fetch:
    seen = 0

    async def orders_after(cursor: str, limit: int, errand: Errand) -> Page:
        nonlocal seen
        page, position, more = await fetch(cursor, limit, errand)
        later: list[Mapping[str, Any]] = [row for row in page if row["updated_at_us"] // _MINUTE_US > seen]
        seen = max([seen, *(row["updated_at_us"] // _MINUTE_US for row in later)])
        return later, position, more

    return orders_after


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """Pages of two orders, each asked for by the minute of the last one."""
    hub = Hub(ports, replace(design, intake=replace(design.intake, page_limit=2)), credentials)
    plant(hub, "parts.systems.commerce.orders_after", _by_minute)
    return hub
