"""JUnit XML: a suite for each version that was asked about, a case for each pair."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sandbox.verification.gate.answers import Answer, Row, Standing, Verdict
from sandbox.verification.gate.reports.words import detail_words
from sandbox.verification.junit import JUnit, case, error, failure, skipped, told


def junit(verdicts: Sequence[Verdict]) -> str:
    """The document. What may not be is a failure, what nobody knows an error, what is told alone is skipped."""
    document = JUnit("sandbox contracts gate")
    for verdict in verdicts:
        name = f"{verdict.pacticipant} {verdict.version} to {verdict.environment}"
        suite = document.suite(name)
        for row in verdict.rows:
            _case(suite, name, row)
        if not verdict.rows:
            case(suite, name, "nobody relies on it, and it relies on nobody")
        told(suite, "\n".join((verdict.sentence, *verdict.notes)))
    return str(document)


def _case(suite: Element, name: str, row: Row) -> None:
    pair = case(suite, name, row.subject + (f" {row.reason.split()[0]}" if not row.consumer else ""))
    if row.answer is Answer.YES:
        return
    if row.standing is not Standing.COUNTS:
        skipped(pair, f"{row.standing.value}: {row.reason}")
        return
    lines = [detail_words(one) for one in row.details]
    become = failure if row.answer is Answer.NO else error
    become(pair, row.reason, "\n".join((*lines, f"to unblock: {row.remedy}")), row.by.value)
