"""What fuzzing one API comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from sandbox.verification.fuzz.baseline import Baseline, KnownFinding
from sandbox.verification.fuzz.findings import FuzzFinding
from sandbox.verification.fuzz.fuzzed import Fuzzed
from sandbox.verification.fuzz.tally import OperationTally, OperationVerdict
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict


class FuzzedOperation(BaseModel):
    """One operation: what was sent, what came back, and what that means."""

    model_config = ConfigDict(frozen=True)

    operation: str
    operation_id: str | None
    verdict: OperationVerdict
    why: str | None = Field(description="Why it counts as not tested or not testable")
    line: int | None
    cases: int
    accepted: int
    announced_refusals: int
    statuses: dict[str, int]
    problems: dict[str, int] = Field(description="How often each type of problem details came")
    checks: dict[str, int] = Field(description="How often each check passed")
    failed: dict[str, int] = Field(description="How often each check failed, repeats while shrinking included")


class FuzzOutcome(Outcome):
    """A check's result. `tested` counts operations that accepted something, `not_tested` all others."""

    model_config = ConfigDict(frozen=True)

    findings: list[FuzzFinding | Finding] = Field(default=[])
    seed: int
    cases: int
    seconds: float
    stopped: bool = Field(description="It was stopped before its end")
    checks: list[str]
    phases: list[str]
    operations: list[FuzzedOperation]
    errors: list[str] = Field(description="What went wrong and belongs to no operation")
    expired: list[str] = Field(description="Ids of the baseline that have expired")
    unmatched: list[str] = Field(description="Ids of the baseline that nothing fits any more")

    @property
    def new(self) -> list[FuzzFinding]:
        """Findings that the baseline does not have."""
        return [one for one in self.findings if isinstance(one, FuzzFinding) and not one.known]


def outcome_of(fuzzed: Fuzzed, baseline: Baseline) -> FuzzOutcome:
    """The result, with the baseline's findings marked. It fails for any new one, and where nothing was tested."""
    marked = [baseline.marked(finding) for finding in fuzzed.findings.values()]
    findings = sorted(marked, key=lambda one: (one.known, one.operation, one.check, one.id))
    operations = [_operation(tally, findings) for tally in fuzzed.operations.values()]
    tested = sum(1 for one in operations if one.accepted)
    told: list[FuzzFinding | Finding] = [*findings]
    if not tested:
        told.insert(0, Finding(message="no operation was tested: none accepted a request"))
    failed = not tested or bool(fuzzed.errors) or any(not one.known for one in findings)
    names = {one.operation for one in operations if one.cases}
    return FuzzOutcome(
        check=Check.FUZZ,
        subject=fuzzed.target.subject,
        verdict=Verdict.FAIL if failed else Verdict.PASS,
        tested=tested,
        not_tested=len(operations) - tested,
        findings=told,
        versions={fuzzed.target.subject: fuzzed.target.version},
        seed=fuzzed.plan.seed,
        cases=fuzzed.cases,
        seconds=round(fuzzed.seconds, 2),
        stopped=fuzzed.stopped,
        checks=list(fuzzed.plan.checks),
        phases=list(fuzzed.plan.phases),
        operations=operations,
        errors=list(fuzzed.errors),
        expired=_ids(one for one in baseline.expired() if one.operation in names),
        unmatched=_ids(baseline.unmatched(fuzzed.findings, names)) if not fuzzed.stopped else [],
    )


def _operation(tally: OperationTally, findings: list[FuzzFinding]) -> FuzzedOperation:
    mine = Counter(one.known for one in findings if one.operation == tally.label)
    return FuzzedOperation(
        operation=tally.label,
        operation_id=tally.operation_id,
        verdict=tally.verdict(mine[False], mine[True]),
        why=tally.why_not(),
        line=tally.line,
        cases=tally.cases,
        accepted=tally.accepted,
        announced_refusals=tally.refused,
        statuses=dict(sorted(tally.statuses.items())),
        problems=dict(sorted(tally.problems.items())),
        checks=dict(sorted(tally.checks.items())),
        failed=dict(sorted(tally.failed.items())),
    )


def _ids(entries: Iterable[KnownFinding]) -> list[str]:
    return [entry.id for entry in entries]
