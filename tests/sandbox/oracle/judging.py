"""Both judges side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mock_systems.kit.ledger import Fact
from sandbox.oracle import Context, Oracle, Verdict
from tests.sandbox.oracle import (
    brute_force,
    brute_force_changes,
    brute_force_flow,
    brute_force_money,
    brute_force_recovery,
    brute_force_rest,
    brute_force_stock,
)
from tests.sandbox.oracle.brute_force import Breaches, Judge

BRUTE: dict[str, Callable[[Judge], Breaches]] = {
    "I1": brute_force.i1,
    "I2": brute_force.i2,
    "I3": brute_force_changes.i3,
    "I4": brute_force.i4,
    "I5": brute_force_changes.i5,
    "I6": brute_force.i6,
    "I7": brute_force_money.i7,
    "I8": brute_force_stock.i8,
    "I9": brute_force_stock.i9,
    "I10": brute_force_rest.i10,
    "I11": brute_force_rest.i11,
    "I12": brute_force_flow.i12,
    "I13": brute_force_rest.i13,
    "I14": brute_force_changes.i14,
    "I15": lambda judge: set(),  # judges calls, which no ledger holds
    "I16": brute_force_recovery.i16,
    "I17": brute_force_changes.i17,
    "I18": brute_force_flow.i18,
    "I19": brute_force_rest.i19,
}


def judge(facts: Sequence[Fact], end_us: int, context: Context | None = None) -> dict[str, Verdict]:
    """The oracle's verdicts by invariant."""
    oracle = Oracle(context or Context())
    for fact in facts:
        oracle.observe(fact)
    return {verdict.id: verdict for verdict in oracle.close(end_us)}


def breaches(verdict: Verdict) -> Breaches:
    """What the oracle found, as the brute-force checker tells it: it knows no transient duplicates."""
    return {
        ("single" if finding.role == "transient" else finding.role, finding.entity) for finding in verdict.violations
    }


def assert_agreement(facts: Sequence[Fact], end_us: int, context: Context | None = None) -> None:
    """The oracle finds exactly what the brute-force checker finds."""
    context = context or Context()
    slow = Judge(facts, end_us, context.outages, context.heal_us)
    for invariant, verdict in judge(facts, end_us, context).items():
        assert breaches(verdict) == BRUTE[invariant](slow), invariant
