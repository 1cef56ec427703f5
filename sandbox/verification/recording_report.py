"""What checking recordings came to: messages against their schemas, pairs against their operations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sandbox.verification.outcome import Check, Finding, Outcome, Verdict

F = TypeVar("F", bound=Finding)


@dataclass
class RecordingReport(Generic[F]):
    """What is known so far; it grows while files are read, so that Ctrl-C keeps what was found."""

    check: Check
    tested: int = 0
    findings: list[F] = field(default_factory=list)
    not_tested: Counter[str] = field(default_factory=Counter)  # by reason
    tested_by: Counter[str] = field(default_factory=Counter)  # by event or operation
    excused: Counter[str] = field(default_factory=Counter)  # findings that a fault of a run's plan explains, by both

    def outcome(self, subject: str) -> Outcome:
        """The common shape: nothing tested is unknown."""
        verdict = Verdict.FAIL if self.findings else Verdict.PASS if self.tested else Verdict.UNKNOWN
        return Outcome(
            check=self.check,
            subject=subject,
            verdict=verdict,
            tested=self.tested,
            not_tested=self.not_tested.total(),
            findings=[Finding.model_validate(one.model_dump()) for one in self.findings],
        )
