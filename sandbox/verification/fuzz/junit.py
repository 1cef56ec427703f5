"""JUnit XML: a suite for each API, a case for each operation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from sandbox.verification.fuzz.result import FuzzedOperation, FuzzOutcome
from sandbox.verification.fuzz.tally import OperationVerdict

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, outcomes: Iterable[FuzzOutcome]) -> None:
    """Write them. New findings are failures; what was not tested, and known findings, are skipped. Raises OSError."""
    root = ElementTree.Element("testsuites", name="sandbox contracts fuzz")
    for outcome in outcomes:
        counts = [one.verdict for one in outcome.operations]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"fuzz {outcome.subject}",
            tests=str(len(counts) + len(outcome.errors)),
            failures=str(counts.count(OperationVerdict.FAIL)),
            errors=str(len(outcome.errors)),
            skipped=str(sum(1 for one in counts if one not in (OperationVerdict.PASS, OperationVerdict.FAIL))),
            time=str(outcome.seconds),
        )
        for operation in outcome.operations:
            _case(suite, outcome, operation)
        for error in outcome.errors:
            case = ElementTree.SubElement(suite, "testcase", classname=outcome.subject, name="the whole")
            ElementTree.SubElement(case, "error", message=_plain(error))
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: ElementTree.Element, outcome: FuzzOutcome, operation: FuzzedOperation) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=outcome.subject, name=operation.operation)
    for finding in outcome.new:
        if finding.operation == operation.operation:
            failure = ElementTree.SubElement(case, "failure", message=_plain(f"{finding.code} {finding.message}"))
            failure.text = _plain(f"{finding.curl}\n{finding.status}: {finding.answer}\nseed {finding.seed}")
    if operation.verdict not in (OperationVerdict.PASS, OperationVerdict.FAIL):
        ElementTree.SubElement(case, "skipped", message=_plain(operation.why or operation.verdict.value))


def _plain(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
