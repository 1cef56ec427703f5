"""JUnit XML: a suite for each API, a case for each operation."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from sandbox.verification.fuzz.result import FuzzedOperation, FuzzOutcome
from sandbox.verification.fuzz.tally import OperationVerdict
from sandbox.verification.junit import NOTHING_TESTED, JUnit, case, failure, skipped, undecided


def junit(outcomes: Iterable[FuzzOutcome]) -> str:
    """The document. New findings are failures; what was not tested, and known findings, are skipped.

    Where nothing was tested at all, that is an error.
    """
    document = JUnit("sandbox contracts fuzz")
    for outcome in outcomes:
        suite = document.suite(f"fuzz {outcome.subject}", outcome.seconds)
        for operation in outcome.operations:
            _case(suite, outcome, operation)
        for message in outcome.errors:
            undecided(suite, outcome.subject, message)
        if not outcome.tested:
            undecided(suite, outcome.subject, NOTHING_TESTED)
    return str(document)


def _case(suite: Element, outcome: FuzzOutcome, operation: FuzzedOperation) -> None:
    fuzzed = case(suite, outcome.subject, operation.operation)
    for finding in outcome.new:
        if finding.operation == operation.operation:
            at_length = f"{finding.curl}\n{finding.status}: {finding.answer}\nseed {finding.seed}"
            failure(fuzzed, f"{finding.code} {finding.message}", at_length)
    if operation.verdict not in (OperationVerdict.PASS, OperationVerdict.FAIL):
        skipped(fuzzed, operation.why or operation.verdict.value)
