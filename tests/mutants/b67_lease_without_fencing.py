"""B67: a worker that was silent for too long goes on where another one has taken over.

Minimal: the core is frozen, and a standby takes its place.
"""

from __future__ import annotations

from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import unguarded

MUTANT = Mutant(
    number="B67",
    source="laravel-aws-worker#65: the job took longer than its visibility timeout, and ran twice; OCA/connector#190",
    invariants=("I18", "I2"),
)
MINIMAL = {"faults": [{"core_pause": {"at": "12:00", "for": "2h"}}]}

core = unguarded(leases=False)
