"""B13: an event is told after the commit of its effect, not kept with it: a crash between the two loses it.

Minimal: the bus is away, so that events wait in memory, and the core loses power meanwhile.
"""

from __future__ import annotations

from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import unguarded

MUTANT = Mutant(
    number="B13",
    source="OpenRisk#344: the event's row is written in a second transaction",
    invariants=("I1", "I12"),
)
MINIMAL = {
    "faults": [
        {"bus_outage": {"from": "11:58", "to": "12:05"}},
        {"core_crash": {"at": "12:04", "down_for": "1m"}},
    ]
}
core = unguarded(outbox=False)
