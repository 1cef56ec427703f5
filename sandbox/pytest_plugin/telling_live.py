"""What the message of a failed assertion says of systems that are up."""

from __future__ import annotations

from collections.abc import Sequence

from mock_systems.kit.ledger import Fact
from sandbox.oracle.verdict import Verdict
from sandbox.pytest_plugin import telling
from sandbox.records.record import RecordedFact
from sandbox.runs.judged import findings, invariant_results


def broken(found: Sequence[Verdict], how: str, facts: Sequence[Fact]) -> str:
    """Invariants that do not hold, each with its first findings and their evidence."""
    recorded = (
        RecordedFact(number, f.at_us, f.system, f.seq, f.kind, f.entity, f.order, f.trace, f.fence, f.data)
        for number, f in enumerate(facts, start=1)
    )
    return telling.broken(invariant_results(found), findings(found), recorded, how)
