"""B17: an event that could not be published waits for an hour, and the later ones of its order go before it.

Those who hear them rely on their order. Minimal: the bus is away before the trucks leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.core.hub import Hub
from sandbox.core.journal.outbox import Kept
from sandbox.core.ports import TransportError
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted
from tests.mutants.trusting_teller import trust_the_order_of_events

MUTANT = Mutant(
    number="B17",
    source="sb11-mopl#266; MassTransit#3512: a failed event backs off alone, its successors do not",
    invariants=("I9", "I11"),
)
MINIMAL = {"faults": [{"bus_outage": {"at": "11:05", "for": "45m"}}]}
_WAITS_US: Final = 3_600_000_000


@planted
def core(hub: Hub) -> None:
    """Put aside what fails, alone, and go on with the next."""
    trust_the_order_of_events(hub)
    relay, bus, clock = hub.parts.records.relay, hub.parts.records.bus, hub.parts.ports.clock
    waits: dict[str, int] = {}

    async def publish_rows(rows: Sequence[Kept], skipped: dict[str, None], failures: int) -> int:
        for row_key, row in rows:
            if row_key in relay._published or clock.now_us() < waits.get(row_key, 0):
                continue
            try:
                await bus.publish(row["topic"], row["event"])
            except TransportError:
                waits[row_key] = clock.now_us() + _WAITS_US
            else:
                relay._published[row_key] = None
        return 0

    plant(relay, "_publish_rows", lambda _: publish_rows)
