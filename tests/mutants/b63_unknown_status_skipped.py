"""B63: a status that is on no list is passed over without a word, and the message that brought it is confirmed.

Minimal: the warehouse tells that a shipment has left, by webhook and by list, in a word that nobody knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B63",
    source="Yosemite-Crew#2699: a status without a mapping was skipped, and the batch confirmed",
    invariants=("I10", "I11"),
)
_SPOILED = {"system": "wms", "poison": "unknown_status"}
MINIMAL = {
    "faults": [
        {"webhook_poisoned": {**_SPOILED, "topic": "outbound.shipped", "order": "W-000003"}},
        {"poisoned_rows": {**_SPOILED, "operation": "listOutbound", "at": "10:30", "for": "6h"}},
    ]
}

Take = Callable[[Mapping[str, Any]], Awaitable[None]]
Hear = Callable[[str, Mapping[str, Any]], Awaitable[None]]


def _listed(take: Take) -> Take:
    async def take_listed(row: Mapping[str, Any]) -> None:
        try:
            await take(row)
        except ValueError:
            return

    return take_listed


def _told(hear: Hear) -> Hear:
    async def hear_outbound(message_id: str, data: Mapping[str, Any]) -> None:
        try:
            await hear(message_id, data)
        except ValueError:
            return

    return hear_outbound


@planted
def core(hub: Hub) -> None:
    """Nothing happens for an unknown status."""
    plant(hub, "_news.take_listed", _listed)
    readers = hub._api._webhooks._readers
    readers["wms", "outbound.shipped"] = _told(readers["wms", "outbound.shipped"])
