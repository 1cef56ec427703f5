"""B07: a call that has timed out is sent again, to an ERP that honours no keys and carries the first one out later.

Minimal: an invoice is posted five minutes after its caller has given up.
"""

from __future__ import annotations

from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import unguarded

MUTANT = Mutant(
    number="B07",
    source="lago-api#5450, #5482: the ERP commits for five minutes, the client times out after one; find it first",
    invariants=("I6", "I7"),
    design="tests/mutants/designs/erp_without_keys.yaml",
    overrides={"systems": {"erp": {"honours_keys": False}}},
)
MINIMAL = {
    "faults": [
        {
            "late_commit": {
                "system": "erp",
                "operation": "postInvoice",
                "order": "W-000003",
                "occurrence": 1,
                "by": "5m",
            }
        },
    ]
}
core = unguarded(look_up_unknown=False)
