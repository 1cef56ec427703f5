"""What became of each operation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class OperationVerdict(StrEnum):
    """`not tested`: nothing was ever accepted, or nothing sent. `not testable`: no request can be made from it."""

    PASS = "pass"
    FAIL = "fail"
    KNOWN = "known findings"
    NOT_TESTED = "not tested"
    NOT_TESTABLE = "not testable"


@dataclass(slots=True)
class OperationTally:
    """Requests sent to one operation by status, and checks made of the answers.

    `problems` counts the `type`s of problem details (RFC 9457). `accepted` counts answers below 400 to its own method,
    `refused` well-formed requests that were refused with a problem that the contract announces. `untestable` says why
    no request can be made.
    """

    label: str
    operation_id: str | None = None
    line: int | None = None
    cases: int = 0
    accepted: int = 0
    refused: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    untestable: str | None = None

    def heard(self, method: str, status: int | None, problem: str | None = None) -> None:
        """An answer came, or None: none did; `problem` is its type, where it is one."""
        self.cases += 1
        if problem is not None:
            self.problems[problem] += 1
        self.statuses["none" if status is None else str(status)] += 1
        if status is not None and status < 400 and method == self.label.partition(" ")[0]:
            self.accepted += 1

    def verdict(self, new: int, known: int) -> OperationVerdict:
        """What it comes to, with so many new and known findings."""
        if new:
            return OperationVerdict.FAIL
        if self.untestable is not None and not self.accepted:
            return OperationVerdict.NOT_TESTABLE
        if not self.accepted:
            return OperationVerdict.NOT_TESTED
        return OperationVerdict.KNOWN if known else OperationVerdict.PASS

    def why_not(self) -> str | None:
        """Why it counts as not tested; None where it was."""
        if self.accepted:
            return None
        if self.untestable is not None:
            return self.untestable
        if not self.cases:
            return "no request was sent"
        seen = ", ".join(f"{count} x {what}" for what, count in (self.problems or self.statuses).most_common(4))
        return f"no request was accepted ({seen})"
