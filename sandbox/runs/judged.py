"""What the oracle says, as the record keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.oracle.book_comparison import Comparison
from sandbox.oracle.figures import Figure
from sandbox.oracle.verdict import Verdict
from sandbox.records.summary import BookResult, FigureResult, Finding, InvariantResult


def invariant_results(verdicts: Iterable[Verdict]) -> list[InvariantResult]:
    """One result for each invariant, in the oracle's order."""
    return [
        InvariantResult(
            id=verdict.id,
            name=verdict.name,
            verdict=verdict.verdict.value,
            checked=verdict.checked,
            violations=len(verdict.violations),
            excused=sum(verdict.excused.values()),
            excuses=dict(verdict.excused),
            pending=verdict.pending,
            unknown=list(verdict.unknown),
            untried=list(dict.fromkeys(verdict.untried)),
        )
        for verdict in verdicts
    ]


def findings(verdicts: Iterable[Verdict]) -> list[Finding]:
    """Every breach, by the time at which it came about."""
    found = [
        Finding(
            invariant=finding.invariant,
            role=finding.role,
            order=finding.order,
            entity=finding.entity,
            at_us=finding.at_us,
            message=finding.message,
            evidence=[(fact.system, fact.seq) for fact in finding.evidence],
        )
        for verdict in verdicts
        for finding in verdict.violations
    ]
    return sorted(found, key=lambda finding: finding.at_us)


def book_results(comparisons: Iterable[Comparison]) -> list[BookResult]:
    """The books held against each other."""
    return [
        BookResult(
            name=each.name,
            compared=each.compared,
            differences=each.differences,
            explained=dict(each.explained),
            unexplained=each.unexplained,
            examples=list(each.examples),
        )
        for each in comparisons
    ]


def figure_results(figures: Iterable[Figure]) -> list[FigureResult]:
    """The figures, in the oracle's order."""
    return [FigureResult.model_validate(figure.as_json()) for figure in figures]
