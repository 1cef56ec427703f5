"""What a check came to for one operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.verification.outcome import Check as Kind
from sandbox.verification.outcome import Finding, Outcome
from sandbox.verification.outcome import Verdict as Whole


class Verdict(StrEnum):
    """Whether the check passed for this operation; `not tested` counts as nothing."""

    PASS = "pass"
    FAIL = "fail"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Result:
    """One check of one operation (or list, or webhook). `detail`: what is wrong, why untested, or what was seen.

    `evidence` are the calls and answers of a failure, without secrets.
    """

    check: str
    operation: str
    verdict: Verdict
    detail: str
    evidence: Sequence[dict[str, Any]] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        told: dict[str, Any] = {"check": self.check, "operation": self.operation, "verdict": self.verdict.value}
        return {**told, "detail": self.detail, **({"evidence": list(self.evidence)} if self.evidence else {})}


def outcome_of(subject: str, version: str, results: Sequence[Result]) -> Outcome:
    """All results of one subject as a check of contracts comes to; `unknown` where nothing was tested."""
    failed = [one for one in results if one.verdict is Verdict.FAIL]
    tested = sum(one.verdict is not Verdict.NOT_TESTED for one in results)
    findings = [
        Finding.model_validate({
            "message": f"{one.operation}: {one.detail}",
            "rule": one.check,
            "operation": one.operation,
            "evidence": list(one.evidence),
        })
        for one in failed
    ]  # fmt: skip
    return Outcome(
        check=Kind.BEHAVIOUR,
        subject=subject,
        verdict=Whole.FAIL if failed else Whole.PASS if tested else Whole.UNKNOWN,
        tested=tested,
        not_tested=len(results) - tested,
        findings=findings,
        versions={subject: version} if version else {},
    )
