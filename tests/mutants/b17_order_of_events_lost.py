"""B17: an event that could not be published waits for the next sweep, and the later ones of its order go before it.

Those who hear them rely on their order. Minimal: the bus is away for the moment in which a shipment leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

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
MINIMAL = {"faults": [{"bus_outage": {"at": "10:59:59", "for": "1400ms"}}]}


@planted
def core(hub: Hub) -> None:
    """Leave out what fails, and go on with the next."""
    trust_the_order_of_events(hub)
    relay, bus = hub.parts.records.relay, hub.parts.records.bus

    async def publish_rows(rows: Sequence[Kept], skipped: dict[str, None], failures: int) -> int:
        for row_key, row in rows:
            if row_key not in relay._published:
                try:
                    await bus.publish(row["topic"], row["event"])
                except TransportError:
                    continue
                relay._published[row_key] = None
        return 0

    plant(relay, "_publish_rows", lambda _: publish_rows)
