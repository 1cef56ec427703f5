"""The gate's answers as JSON, in the shape that all checks have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.verification.gate.answers import Answer, Row, Standing, Verdict
from sandbox.verification.outcome import Check, Finding, Outcome
from sandbox.verification.outcome import Verdict as Came


def as_outcome(environment: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The answers as one JSON object; `verdicts` has all of them. With nothing to ask about, nothing has passed."""
    rows = [row for one in verdicts for row in one.rows if row.standing is Standing.COUNTS]
    unknown = sum(row.answer is Answer.UNKNOWN for row in rows)
    answers = {one.answer for one in verdicts}
    verdict = Came.FAIL if Answer.NO in answers else Came.UNKNOWN if Answer.UNKNOWN in answers else Came.PASS
    outcome = Outcome(
        check=Check.GATE,
        subject=environment,
        verdict=verdict if verdicts else Came.UNKNOWN,
        tested=len(rows) - unknown or len(verdicts),
        not_tested=unknown,
        findings=[_finding(row) for one in verdicts for row in one.blocking],
        versions={one.pacticipant: one.version for one in verdicts},
    )
    return outcome.as_json(verdicts=[one.as_json() for one in verdicts])


def _finding(row: Row) -> Finding:
    told = {"message": f"{row.subject}: {row.reason}", "answer": row.answer.value, "remedy": row.remedy}
    return Finding.model_validate(told)
