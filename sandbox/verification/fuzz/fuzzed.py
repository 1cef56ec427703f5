"""What came of fuzzing one target."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.verification.fuzz.findings import FuzzFinding
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.tally import OperationTally
from sandbox.verification.fuzz.target import Target


@dataclass(slots=True)
class Fuzzed:
    """What came of it. `errors` are those that belong to no operation; `stopped`: Ctrl-C came before the end."""

    target: Target
    plan: FuzzPlan
    operations: dict[str, OperationTally]
    findings: dict[str, FuzzFinding] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0

    @property
    def cases(self) -> int:
        """How many requests were sent."""
        return sum(tally.cases for tally in self.operations.values())
