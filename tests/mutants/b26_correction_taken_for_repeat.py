"""B26: what was sent once is not sent again: a quantity that goes from 5 to 3 and back to 5 stays at 3.

Minimal: no fault at all. A customer cancels, and the shop is never told that the goods are free again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B26",
    source="openlinker, review of PR 2438: a deduplicating write swallows the way back",
    invariants=("I9",),
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Take a quantity that an item has had before for a repetition."""
    sent: set[tuple[str, int]] = set()

    def once(publish: Any) -> Any:
        async def publish_stock(
            quantities: Sequence[tuple[str, int]], version: int, watermark: int, errand: Errand
        ) -> Mapping[str, str]:
            fresh = [each for each in quantities if each not in sent]
            sent.update(fresh)
            done: Mapping[str, str] = await publish(fresh, version, watermark, errand) if fresh else {}
            return {**{sku: "ok" for sku, _ in quantities}, **done}

        return publish_stock

    plant(hub, "parts.systems.commerce.publish_stock", once)
