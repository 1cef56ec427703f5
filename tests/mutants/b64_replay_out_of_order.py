"""B64: what the shop could not be told goes to a dead-letter queue, and is told hours later, whatever came after it.

Minimal: one telling fails, and the order goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B64",
    source="AxonFramework#2258: a dead-letter queue by sequence, made so that no later event overtakes a failed one",
    invariants=("I11", "I2"),
)
MINIMAL = {
    "faults": [
        {"error": {"system": "commerce", "operation": "tellStatus", "order": "W-000003", "at": "9:50", "for": "15m"}}
    ]
}

_AFTER_US = 7_200_000_000
Tell = Callable[[str, str, int, str, Errand], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """Dead letters are replayed two hours later, with the next telling of any order."""
    clock = hub.parts.ports.clock

    def with_dead_letters(tell: Tell) -> Tell:
        letters: list[tuple[int, tuple[str, str, int, str, Errand]]] = []

        async def tell_status(order: str, status: str, version: int, key: str, errand: Errand) -> None:
            while letters and letters[0][0] <= clock.now_us():
                await tell(*letters.pop(0)[1])
            try:
                await tell(order, status, version, key, errand)
            except SystemUnavailable:
                letters.append((clock.now_us() + _AFTER_US, (order, status, version, key, errand)))

        return tell_status

    plant(hub, "parts.systems.commerce.tell_status", with_dead_letters)
